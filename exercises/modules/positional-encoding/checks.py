import math

import pytest
import torch

from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_equal,
    assert_frequency,
    assert_gradients,
    assert_shape,
)


def by_hand(length, d_model, start=0):
    """One entry at a time."""
    rows = [
        [(math.cos if k % 2 else math.sin)(p * 10000 ** (-(k - k % 2) / d_model)) for k in range(d_model)]
        for p in range(start, start + length)
    ]
    return torch.tensor(rows, dtype=torch.float64).reshape(length, d_model)


@pytest.mark.parametrize(("length", "d_model"), [(1, 2), (3, 4), (20, 6), (4, 12), (0, 4)], ids=str)
def test_sines_and_cosines_take_turns(submission, length, d_model):
    """Columns 2 i and 2 i + 1 are sine and cosine of the same angle: position times 10000 ** (-2 i / d_model)."""
    got = submission.sinusoidal_table(length, d_model)
    assert_shape(got, (length, d_model), "the table")
    assert_dtype(got, torch.float32, "the table")
    assert_close(got, by_hand(length, d_model).float(), label="the table", atol=1e-5)


@pytest.mark.parametrize("d_model", [1, 3, 7])
def test_odd_widths(submission, d_model):
    """With an odd width there is one cosine fewer than sines. The exponent still divides by d_model."""
    assert_close(submission.sinusoidal_table(6, d_model), by_hand(6, d_model).float(), label="the table", atol=1e-5)


def test_far_positions(submission):
    """The table has no longest position. In half precision the angles of far ones would be lost."""
    got = submission.sinusoidal_table(3000, 8)
    assert_close(got[2990:], by_hand(10, 8, 2990).float(), label="the last rows", atol=2e-3)


@pytest.mark.parametrize(("length", "d_model"), [(-1, 4), (3, 0), (3, -2)], ids=str)
def test_impossible_tables_are_refused(submission, length, d_model):
    """A negative length or a width below 1 is a mistake of the caller: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.sinusoidal_table(length, d_model)


@pytest.mark.parametrize(("batch", "length", "d_model"), [(1, 1, 4), (2, 5, 6), (3, 3, 3), (0, 2, 4)], ids=str)
def test_same_rows_for_all_samples(submission, rng, batch, length, d_model):
    """Row l of the table is added to token l of every sample. The embedding itself is not scaled."""
    x = torch.randn(batch, length, d_model, generator=rng)
    got = submission.PositionalEncoding(d_model, dropout=0.0)(x)
    assert_close(got, x + by_hand(length, d_model).float())


@pytest.mark.parametrize("offset", [1, 4, 13])
def test_offset_moves_the_positions(submission, rng, offset):
    """With a cache the first token handed in stands at position offset."""
    x = torch.randn(2, 3, 4, generator=rng)
    got = submission.PositionalEncoding(4, 0.0, 16)(x, offset)
    assert_close(got, x + by_hand(3, 4, offset).float(), atol=1e-5)


def test_last_position_can_be_used(submission, rng):
    """Positions 0 to max_length - 1 exist: max_length tokens fit, with an offset fewer. 512 is the default."""
    x = torch.randn(1, 5, 4, generator=rng)
    module = submission.PositionalEncoding(4, 0.0, max_length=5)
    assert_close(module(x), x + by_hand(5, 4).float())
    got = submission.PositionalEncoding(2, 0.0)(torch.zeros(1, 512, 2))
    assert_close(got[0, 510:], by_hand(2, 2, 510).float(), label="the last positions", atol=1e-3)


@pytest.mark.parametrize(("length", "offset"), [(1, 5), (6, 0), (3, 3), (2, -1), (1, -3), (1, 600)], ids=str)
def test_positions_outside_are_refused(submission, length, offset):
    """A slice that runs over the end is shorter, and of length 1 it even broadcasts; a negative one counts from the back. Raise a ValueError."""
    module = submission.PositionalEncoding(4, 0.0, max_length=5)
    with pytest.raises(ValueError):
        module(torch.zeros(2, length, 4), offset)
    with pytest.raises(ValueError):
        submission.PositionalEncoding(2, 0.0)(torch.zeros(1, 1, 2), 512)


@pytest.mark.parametrize("width", [1, 3, 5])
def test_another_width_is_refused(submission, width):
    """A width of 1 would broadcast: compare the last size with d_model and raise a ValueError."""
    with pytest.raises(ValueError):
        submission.PositionalEncoding(4)(torch.zeros(2, 3, width))


def test_nothing_is_learned_or_saved(submission):
    """The table is a buffer with persistent=False. A parameter would be trained, and a saved table ties checkpoints to max_length."""
    module = submission.PositionalEncoding(4)
    assert not list(module.named_parameters()), "the module has parameters"
    assert_equal(sorted(module.state_dict()), [], label="the names in the state dict")


def test_module_moves_as_a_whole(submission):
    """A table that is a plain attribute stays behind when the module is moved."""
    module = submission.PositionalEncoding(4, 0.0)
    assert_equal(submission.support.device_after_moving(module), "meta", label="the device of the result")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
@pytest.mark.parametrize("moved", [False, True], ids=["module in float32", "module moved too"])
def test_result_has_the_dtype_of_the_input(submission, rng, dtype, moved):
    """A sum takes the wider dtype: convert the rows to that of x."""
    x = torch.randn(2, 3, 4, generator=rng).to(dtype)
    module = submission.PositionalEncoding(4, 0.0)
    got = (module.to(dtype) if moved else module)(x)
    assert_dtype(got, dtype)
    rough = 1e-5 if dtype is torch.float64 else 3e-2
    assert_close(got.double(), x.double() + by_hand(3, 4), rtol=rough, atol=rough)


@pytest.mark.parametrize("dropout", [0.5, 0.2, None], ids=["dropout=0.5", "dropout=0.2", "by default"])
def test_dropout_acts_on_the_sum(submission, dropout):
    """Add first, then drop: a dropped value is 0, not the embedding or the encoding alone. Kept ones are divided by 1 - dropout."""
    p = 0.1 if dropout is None else dropout
    module = submission.PositionalEncoding(4) if dropout is None else submission.PositionalEncoding(4, dropout)
    module.train()
    got = module(torch.full((250, 3, 4), 5.0))
    whole = (5 + by_hand(3, 4)).float().expand(250, 3, 4) / (1 - p)
    zero = got == 0
    assert_close(got, torch.where(zero, 0.0, whole))
    assert_frequency(int(zero.sum()), zero.numel(), p, label="a value is dropped")
    for dim, what in enumerate(["samples", "positions", "features"]):
        assert not (zero == zero.narrow(dim, 0, 1)).all(), f"all {what} lose the same: each value is dropped for itself"


def test_no_dropout_in_eval(submission, rng):
    """After eval() nothing is dropped."""
    x = torch.randn(2, 3, 4, generator=rng)
    module = submission.PositionalEncoding(4, 0.5)
    module.eval()
    assert_close(module(x), x + by_hand(3, 4).float())


def test_gradients_reach_the_input(submission, rng):
    """The sum passes gradients on to x as they are. x may be a view with strides of its own."""
    x = torch.randn(3, 2, 4, generator=rng, dtype=torch.float64).transpose(0, 1)
    module = submission.PositionalEncoding(4, 0.0)
    assert_gradients(lambda t: module(t, 2), lambda t: t + by_hand(3, 4, 2), x, rtol=1e-5, atol=1e-5)
