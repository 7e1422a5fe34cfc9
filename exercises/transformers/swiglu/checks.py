import math
from fractions import Fraction

import pytest
import torch

from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_equal,
    assert_finite,
    assert_gradients,
    assert_registered_parameters,
    assert_same_state,
    assert_shape,
)


def weights(rng, dim, hidden, dtype=torch.float32):
    shapes = {"gate_proj.weight": (hidden, dim), "up_proj.weight": (hidden, dim), "down_proj.weight": (dim, hidden)}
    return {name: torch.randn(shape, generator=rng, dtype=dtype) for name, shape in shapes.items()}


def layer(submission, state):
    theirs = submission.SwiGLU(*state["down_proj.weight"].shape).to(state["down_proj.weight"].dtype)
    theirs.load_state_dict(state)
    return theirs


def by_hand(state, x):
    gate, up = (torch.einsum("hd,...d->...h", state[f"{name}_proj.weight"], x) for name in ("gate", "up"))
    return torch.einsum("dh,...h->...d", state["down_proj.weight"], gate * torch.sigmoid(gate) * up)


@pytest.mark.parametrize(
    ("dim", "multiple_of"),
    [(3, 1), (4, 1), (5, 1), (24, 64), (25, 64), (48, 128), (1, 256), (4096, 256), (5120, 256)],
    ids=str,
)
def test_hidden_width_is_rounded_up(submission, dim, multiple_of):
    """8 dim / 3 is rounded up to a multiple, once: a width that fits already stays, and nothing is cut off before."""
    expected = multiple_of * math.ceil(Fraction(8 * dim, 3 * multiple_of))
    assert_equal(submission.hidden_width(dim, multiple_of), expected, label="the width")


@pytest.mark.parametrize("dim", [24, 25, 768])
def test_hidden_width_is_a_multiple_of_64_by_default(submission, dim):
    """Without multiple_of it is 64."""
    assert_equal(submission.hidden_width(dim), 64 * math.ceil(Fraction(dim, 24)), label="the width")


@pytest.mark.parametrize(("dim", "multiple_of"), [(0, 64), (-3, 64), (8, 0), (8, -4)], ids=str)
def test_impossible_widths_are_refused(submission, dim, multiple_of):
    """A dim or multiple_of below 1 means a mistake of the caller: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.hidden_width(dim, multiple_of)


def test_three_weights_without_bias(submission):
    """gate_proj and up_proj are nn.Linear(dim, hidden, bias=False), down_proj is nn.Linear(hidden, dim, bias=False)."""
    shapes = {"gate_proj.weight": (5, 3), "up_proj.weight": (5, 3), "down_proj.weight": (3, 5)}
    assert_registered_parameters(submission.SwiGLU(3, 5), shapes)
    shapes = {"gate_proj.weight": (64, 6), "up_proj.weight": (64, 6), "down_proj.weight": (6, 64)}
    assert_registered_parameters(submission.SwiGLU(6), shapes)
    first, second = submission.SwiGLU(3, 5), submission.SwiGLU(3, 5)
    state = first.state_dict()
    second.load_state_dict({name: torch.full_like(value, 7.0) for name, value in state.items()})
    assert_same_state(first.state_dict(), state, label="the state, after a second layer was given other values")


def test_one_number_by_hand(submission):
    """With gate 2 x, up 3 x and down 5 y, x = 1 gives 5 * silu(2) * 3, where silu(2) is 2 * sigmoid(2)."""
    state = {
        "gate_proj.weight": torch.tensor([[2.0]]),
        "up_proj.weight": torch.tensor([[3.0]]),
        "down_proj.weight": torch.tensor([[5.0]]),
    }
    expected = 5 * (2 / (1 + math.exp(-2))) * 3
    assert_close(layer(submission, state)(torch.ones(1, 1)), torch.tensor([[expected]]))


@pytest.mark.parametrize("lead", [(), (1,), (4,), (2, 3), (0,)], ids=str)
def test_gate_decides_how_much_of_up_comes_through(submission, rng, lead):
    """Only the gate passes through silu. Then multiply the two element by element, and project down."""
    state = weights(rng, 3, 5)
    x = torch.randn(*lead, 3, generator=rng)
    got = layer(submission, state)(x)
    assert_shape(got, x.shape)
    assert_close(got, by_hand(state, x))


def test_large_gates_stay_finite(submission, rng):
    """exp(100) is infinite in float32. A formula with exp can still be right in value, and NaN in its gradient."""
    state = {
        "gate_proj.weight": torch.tensor([[100.0], [-100.0], [-30.0]]),
        "up_proj.weight": torch.ones(3, 1),
        "down_proj.weight": torch.ones(1, 3),
    }
    theirs = layer(submission, state)
    x = torch.tensor([[1.0], [-1.0], [30.0]], requires_grad=True)
    got = theirs(x)
    assert_close(got, by_hand(state, x.detach()))
    got.sum().backward()
    assert_finite(x.grad, "the gradient of x")
    for name, gradient in theirs.gradients().items():
        assert_finite(gradient, f"the gradient of {name}")


def test_gradients_reach_input_and_weights(submission, reference, rng):
    """All three projections learn: gate and up both, so neither may be detached."""
    state = weights(rng, 3, 4, torch.float64)
    theirs, ours = layer(submission, state), reference.SwiGLU(3, 4).double()
    ours.load_state_dict(state)
    x = torch.randn(2, 3, generator=rng, dtype=torch.float64)
    assert_gradients(theirs, ours, x)
    theirs.zero_grad(), ours.zero_grad()
    theirs(x).pow(2).sum().backward(), ours(x).pow(2).sum().backward()
    assert_close(theirs.gradients(), {name: p.grad for name, p in ours.named_parameters()}, label="the gradients")


def test_half_precision_and_views(submission, rng):
    """The layer works in the dtype of its weights, on inputs with strides of their own."""
    state = weights(rng, 4, 6)
    x = torch.randn(4, 3, 2, generator=rng).transpose(0, 2)
    assert_close(layer(submission, state)(x), by_hand(state, x))
    got = layer(submission, {name: value.bfloat16() for name, value in state.items()})(x.bfloat16())
    assert_dtype(got, torch.bfloat16)
    assert_close(got.float(), by_hand(state, x), rtol=0.1, atol=0.3)


@pytest.mark.parametrize(
    ("dim", "hidden", "dtype"), [(3, 4, torch.float32), (2, 2, torch.float64), (4, 1, torch.float32)], ids=str
)
def test_packed_weights_are_cut_in_two(submission, rng, dim, hidden, dtype):
    """The upper half of the rows is the gate, the lower half is up. The layer takes the dtype of down."""
    state = weights(rng, dim, hidden, dtype)
    gate_up = torch.cat([state["gate_proj.weight"], state["up_proj.weight"]])
    theirs = submission.SwiGLU.from_packed(gate_up, state["down_proj.weight"])
    assert_same_state(theirs.state_dict(), state, label="the state")
    x = torch.randn(2, dim, generator=rng, dtype=dtype)
    assert_close(theirs(x), by_hand(state, x))


def test_packed_weights_can_be_trained(submission, rng):
    """The weights stay nn.Parameters that require a gradient: copy into them under no_grad."""
    state = weights(rng, 3, 4)
    theirs = submission.SwiGLU.from_packed(
        torch.cat([state["gate_proj.weight"], state["up_proj.weight"]]), state["down_proj.weight"]
    )
    assert_registered_parameters(theirs, {name: value.shape for name, value in state.items()})
    submission.support.step(theirs, torch.randn(2, 3, generator=rng))
    for name, value in theirs.named_parameters():
        assert not torch.equal(value, state[name]), f"a step of training leaves {name} as it was"


def test_packed_weights_are_copies(submission, rng):
    """A slice of gate_up shares its memory: whoever writes to the checkpoint would write into the layer."""
    state = weights(rng, 3, 4)
    gate_up = torch.cat([state["gate_proj.weight"], state["up_proj.weight"]])
    got = submission.support.weights_after_writing(submission.SwiGLU, gate_up, state["down_proj.weight"])
    assert_same_state(got, state, label="the state after the checkpoint was overwritten")


@pytest.mark.parametrize(
    ("gate_up", "down"),
    [((8, 3), (3, 5)), ((8, 3), (4, 4)), ((9, 3), (3, 4)), ((4, 3), (3, 4)), ((8, 1), (3, 4))],
    ids=str,
)
def test_packed_shapes_that_do_not_fit_are_refused(submission, gate_up, down):
    """gate_up has to be (2 hidden, dim) where down is (dim, hidden): compare them and raise a ValueError."""
    with pytest.raises(ValueError):
        submission.SwiGLU.from_packed(torch.ones(gate_up), torch.ones(down))
