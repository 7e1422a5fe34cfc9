import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_finite,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
)

F64 = torch.float64


def cells(submission, rng, inputs, hidden, dtype=torch.float32):
    """Their cell and PyTorch's, with the same weights."""
    ours = nn.LSTMCell(inputs, hidden, dtype=dtype)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=rng, dtype=dtype))
    theirs = submission.LSTMCell(inputs, hidden).to(dtype)
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


def layer(cell):
    """PyTorch's layer with the weights of its cell."""
    whole = nn.LSTM(cell.input_size, cell.hidden_size, batch_first=True, dtype=cell.weight_ih.dtype)
    whole.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    return whole


def by_hand(cell, x, lengths, state=None):
    """Each sample alone, without its padding."""
    steps, hidden = x.shape[1], cell.hidden_size
    outputs, hs, cs = [], [], []
    for b, length in enumerate(lengths.tolist()):
        h, c = (x.new_zeros(1, hidden),) * 2 if state is None else (state[0][b : b + 1], state[1][b : b + 1])
        rows = []
        for t in range(length):
            h, c = cell(x[b : b + 1, t], (h, c))
            rows.append(h[0])
        outputs.append(torch.stack(rows + [x.new_zeros(hidden)] * (steps - length)))
        hs.append(h[0]), cs.append(c[0])
    return torch.stack(outputs), (torch.stack(hs), torch.stack(cs))


@pytest.mark.parametrize(("inputs", "hidden"), [(3, 2), (1, 4)], ids=str)
def test_four_parameters(submission, inputs, hidden):
    """weight_ih, weight_hh, bias_ih and bias_hh hold the rows of all four gates."""
    assert_registered_parameters(submission.LSTMCell(inputs, hidden), nn.LSTMCell(inputs, hidden))


@pytest.mark.parametrize("forget_bias", [1.0, 0.0, 2.5, None], ids=["1", "0", "2.5", "by default"])
def test_forget_gate_starts_open(submission, forget_bias):
    """The second quarter of bias_ih is forget_bias, 1 by default. All other biases are 0, or the two would add up."""
    cell = submission.LSTMCell(2, 3) if forget_bias is None else submission.LSTMCell(2, 3, forget_bias)
    bias = 1.0 if forget_bias is None else forget_bias
    assert_close(cell.bias_ih, torch.tensor([0.0] * 3 + [bias] * 3 + [0.0] * 6), label="bias_ih")
    assert_close(cell.bias_hh, torch.zeros(12), label="bias_hh")


def test_weights_start_small(submission):
    """Weights lie between -1 and 1 over the root of hidden_size, spread evenly, whatever the input size is."""
    cell = submission.LSTMCell(64, 16)
    for name in ("weight_ih", "weight_hh"):
        weight = getattr(cell, name).detach()
        assert float(weight.abs().max()) <= 0.25, f"{name} reaches {float(weight.abs().max()):.3g}, beyond 0.25"
        assert 0.1 < float(weight.abs().mean()) < 0.15, (
            f"the mean size of {name} is {float(weight.abs().mean()):.3g}, not near 0.125"
        )
        assert abs(float(weight.mean())) < 0.05, f"the mean of {name} is {float(weight.mean()):.3g}, not near 0"


@pytest.mark.parametrize("gate", ["i", "f", "g", "o"])
def test_order_of_the_gates(submission, rng, gate):
    """The rows hold i, f, g, o in this order. Here all weights are 0, and only the bias of one gate is not."""
    cell, ours = submission.LSTMCell(2, 3), nn.LSTMCell(2, 3)
    state = {name: torch.zeros_like(value) for name, value in ours.state_dict().items()}
    state["bias_ih"][6:9] = 0.5
    start = 3 * "ifgo".index(gate)
    state["bias_hh"][start : start + 3] = torch.tensor([2.0, -1.0, 0.3])
    cell.load_state_dict(state), ours.load_state_dict(state)
    x, h, c = torch.zeros(1, 2), torch.zeros(1, 3), torch.tensor([[1.0, -2.0, 3.0]])
    assert_close(cell(x, (h, c)), ours(x, (h, c)), label="(h, c)")


@pytest.mark.parametrize(("batch", "inputs", "hidden"), [(1, 1, 1), (4, 2, 5), (3, 4, 4)], ids=str)
def test_one_step(submission, rng, batch, inputs, hidden):
    """f scales the old cell state, i the new content g; o scales the tanh of the NEW cell state."""
    theirs, ours = cells(submission, rng, inputs, hidden)
    x = torch.randn(batch, inputs, generator=rng)
    state = torch.randn(2, batch, hidden, generator=rng).unbind(0)
    assert_close(theirs(x, state), ours(x, state), label="(h, c)")


def test_without_a_state_it_starts_at_zero(submission, rng):
    """state=None means zeros, in the dtype of the input."""
    theirs, ours = cells(submission, rng, 3, 4, F64)
    x = torch.randn(2, 3, generator=rng, dtype=F64)
    assert_close(theirs(x), ours(x), label="(h, c)")
    theirs.to(torch.bfloat16)
    for value in theirs(x.bfloat16()):
        assert_dtype(value, torch.bfloat16, "the state")


@pytest.mark.parametrize(
    ("x", "h", "c"),
    [((2, 1), (2, 4), (2, 4)), ((2, 4), (2, 4), (2, 4)), ((2, 3), (1, 4), (1, 4)), ((2, 3), (2, 1), (2, 1))]
    + [((2, 3), (2, 4), (1, 4)), ((2, 3), (2, 4), (2, 1)), ((2, 3), (1, 4), (2, 4)), ((1, 3), (2, 4), (2, 4))],
    ids=str,
)
def test_sizes_that_do_not_fit_are_refused(submission, x, h, c):
    """A state of one sample broadcasts over the batch, in silence: compare all sizes and raise a ValueError."""
    with pytest.raises(ValueError):
        submission.LSTMCell(3, 4)(torch.zeros(x), (torch.zeros(h), torch.zeros(c)))


def test_gradients_of_one_step(submission, rng):
    """Gradients reach x, h, c and all weights, through both states."""
    theirs, ours = cells(submission, rng, 3, 2, F64)
    x, h, c = (torch.randn(2, n, generator=rng, dtype=F64) for n in (3, 2, 2))
    for part in (0, 1):
        assert_gradients(
            lambda x, h, c, part=part: theirs(x, (h, c))[part],
            lambda x, h, c, part=part: ours(x, (h, c))[part],
            x,
            h,
            c,
        )
    theirs.zero_grad(), ours.zero_grad()
    sum(s.pow(2).sum() for s in theirs(x, (h, c))).backward(), sum(s.pow(2).sum() for s in ours(x, (h, c))).backward()
    assert_close(theirs.gradients(), {name: p.grad for name, p in ours.named_parameters()}, label="the gradients")


@pytest.mark.parametrize(("batch", "steps"), [(1, 1), (2, 4)], ids=str)
@pytest.mark.parametrize("given", [False, True], ids=["from zeros", "from a state"])
def test_sequences_of_full_length(submission, rng, batch, steps, given):
    """The state of each step goes into the next one. outputs are (B, T, H): stack the steps in dimension 1."""
    theirs, ours = cells(submission, rng, 3, 2)
    x = torch.randn(steps, batch, 3, generator=rng).transpose(0, 1)
    state = torch.randn(2, batch, 2, generator=rng).unbind(0) if given else None
    expected, (h, c) = layer(ours)(x, None if state is None else tuple(s[None] for s in state))
    got, last = submission.run_lstm(theirs, x, None, state)
    assert_shape(got, (batch, steps, 2), "outputs")
    assert_close(got, expected, label="outputs")
    assert_close(last, (h[0], c[0]), label="(h, c)")


@pytest.mark.parametrize("lengths", [[3, 1, 2], [2, 2, 1]], ids=str)
def test_padding_changes_nothing(submission, rng, lengths):
    """Beyond its length a sample's output is 0 and its state stays: the last column of outputs is not its last state."""
    theirs, ours = cells(submission, rng, 2, 4)
    x, lengths = torch.randn(3, 3, 2, generator=rng), torch.tensor(lengths)
    packed, (h, c) = layer(ours)(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
    expected, _ = pad_packed_sequence(packed, batch_first=True, total_length=3)
    got, last = submission.run_lstm(theirs, x, lengths)
    assert_close(got, expected, label="outputs")
    assert_close(last, (h[0], c[0]), label="(h, c)")


def test_samples_of_length_zero(submission, rng):
    """A sample without any real step gives outputs of 0 and the state it came with."""
    theirs, ours = cells(submission, rng, 2, 3)
    x, lengths = torch.randn(3, 2, 2, generator=rng), torch.tensor([0, 2, 1])
    state = torch.randn(2, 3, 3, generator=rng).unbind(0)
    expected, last = by_hand(ours, x, lengths, state)
    got = submission.run_lstm(theirs, x, lengths, state)
    assert_close(got, (expected, last), label="(outputs, (h, c))")


def test_nan_in_the_padding(submission, rng):
    """NaN times 0 is NaN: choose with torch.where, and replace the padding before the cell sees it, or gradients are NaN."""
    theirs, ours = cells(submission, rng, 2, 3)
    x, lengths = torch.randn(2, 3, 2, generator=rng), torch.tensor([1, 3])
    expected, last = by_hand(ours, x, lengths)
    x[0, 1:] = float("nan")
    x.requires_grad_()
    got, state = submission.run_lstm(theirs, x, lengths)
    assert_close((got, state), (expected, last), label="(outputs, (h, c))")
    (got.sum() + state[1].sum()).backward()
    assert_finite(x.grad, "the gradient of x")
    for name, gradient in theirs.gradients().items():
        assert_finite(gradient, f"the gradient of {name}")


def test_gradients_through_time(submission, rng):
    """Gradients flow back through all real steps: states must not be detached between them."""
    theirs, ours = cells(submission, rng, 2, 2, F64)
    x, h, c = torch.randn(2, 3, 2, generator=rng, dtype=F64), *torch.randn(2, 2, 2, generator=rng, dtype=F64)
    lengths = torch.tensor([3, 2])
    pick = (lambda r: r[0], lambda r: r[1][0] + 2 * r[1][1])
    for part in pick:
        assert_gradients(
            lambda x, h, c, part=part: part(submission.run_lstm(theirs, x, lengths, (h, c))),
            lambda x, h, c, part=part: part(by_hand(ours, x, lengths, (h, c))),
            x,
            h,
            c,
        )


@pytest.mark.parametrize("lengths", [[1, 4], [-1, 2], [2], [[1], [2]]], ids=str)
def test_impossible_lengths_are_refused(submission, lengths):
    """Two samples of 3 steps have two lengths from 0 to 3: raise a ValueError otherwise."""
    with pytest.raises(ValueError):
        submission.run_lstm(submission.LSTMCell(2, 2), torch.zeros(2, 3, 2), torch.tensor(lengths))
