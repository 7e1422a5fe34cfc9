import math

import pytest
import torch

from torchdojo.checkers import assert_close, assert_dtype, assert_equal, assert_gradients, assert_shape


def frequencies(d, base=10000.0):
    return torch.tensor([base ** (-2 * i / d) for i in range(d // 2)], dtype=torch.float64)


def turned(x, positions, base=10000.0):
    """By complex numbers: a pair is a number, and turning it is multiplying by exp(i angle)."""
    d = x.shape[-1]
    angles = positions.double()[..., None] * frequencies(d, base)
    if positions.ndim == 2:
        angles = angles[:, None]
    wide = x.double()
    pairs = torch.complex(wide[..., : d // 2].contiguous(), wide[..., d // 2 :].contiguous())
    pairs = pairs * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([pairs.real, pairs.imag], -1)


@pytest.mark.parametrize("shape", [(), (3,), (2, 4), (0,)], ids=str)
@pytest.mark.parametrize(("d", "base"), [(2, 10000.0), (8, 10000.0), (6, 50.0)], ids=str)
def test_angles_grow_with_the_position(submission, rng, shape, d, base):
    """Pair i turns by base ** (-2 i / d) per position: the first pair by 1 radian, the last hardly at all."""
    positions = torch.randint(0, 50, shape, generator=rng)
    got = submission.rotary_angles(positions, d, base=base)
    assert_shape(got, (*shape, d // 2), "the angles")
    assert_dtype(got, torch.float32, "the angles")
    assert_close(got, (positions[..., None] * frequencies(d, base)).float(), label="the angles")


@pytest.mark.parametrize("d", [5, 1, 0, -2])
def test_odd_widths_are_refused(submission, d):
    """Features are turned in pairs: raise a ValueError where there is one without a partner, or none at all."""
    with pytest.raises(ValueError):
        submission.rotary_angles(torch.arange(3), d)
    if d == 5:
        with pytest.raises(ValueError):
            submission.apply_rotary(torch.ones(1, 1, 3, d), torch.arange(3))


def test_position_zero_turns_nothing(submission, rng):
    """At position 0 all angles are 0, and the vector stays as it is."""
    x = torch.randn(2, 3, 1, 6, generator=rng)
    assert_close(submission.apply_rotary(x, torch.zeros(1, dtype=torch.long)), x)


@pytest.mark.parametrize("position", [1, 2, -3])
def test_sense_of_rotation(submission, position):
    """(1, 0) becomes (cos, sin), and (0, 1) becomes (-sin, cos): the minus belongs to the first half."""
    x = torch.eye(2).reshape(1, 2, 1, 2)
    cos, sin = math.cos(position), math.sin(position)
    expected = torch.tensor([[cos, sin], [-sin, cos]]).reshape(1, 2, 1, 2)
    assert_close(submission.apply_rotary(x, torch.tensor([position])), expected)


@pytest.mark.parametrize("shape", [(1, 1, 1, 4), (1, 2, 5, 8), (3, 2, 4, 6)], ids=str)
def test_halves_make_the_pairs(submission, rng, shape):
    """Feature i goes with feature i + d/2, not with its neighbour."""
    x = torch.randn(shape, generator=rng)
    positions = torch.arange(shape[2])
    assert_close(submission.apply_rotary(x, positions, base=100.0), turned(x, positions, 100.0).float())


def test_scores_depend_on_the_distance_only(submission, rng):
    """Moving queries and keys by the same number of positions leaves all scores as they are."""
    q, k = torch.randn(2, 1, 2, 4, 8, generator=rng)
    positions = torch.tensor([0, 1, 5, 2])
    scores = [
        submission.apply_rotary(q, positions + by) @ submission.apply_rotary(k, positions + by).mT for by in (0, 19)
    ]
    assert_close(scores[1], scores[0], label="the scores 19 positions later", rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("kind", [torch.int64, torch.int32], ids=["int64", "int32"])
def test_positions_are_looked_at(submission, rng, kind):
    """Positions come in any order and may start anywhere: a table of 0 to L - 1 is no answer."""
    x = torch.randn(2, 1, 4, 6, generator=rng)
    positions = torch.tensor([700, 3, 3, 12], dtype=kind)
    assert_close(submission.apply_rotary(x, positions), turned(x, positions).float(), rtol=1e-3, atol=1e-3)


def test_default_base(submission, rng):
    """base is 10000 unless it is given, in both functions."""
    x, positions = torch.randn(1, 1, 2, 8, generator=rng), torch.tensor([3, 40])
    assert_close(
        submission.rotary_angles(positions, 8), (positions[:, None] * frequencies(8)).float(), label="the angles"
    )
    assert_close(submission.apply_rotary(x, positions), turned(x, positions).float())


@pytest.mark.parametrize(("batch", "heads", "length"), [(1, 2, 3), (2, 2, 3), (3, 1, 3), (3, 2, 2)], ids=str)
def test_positions_of_each_sample(submission, rng, batch, heads, length):
    """Positions of (B, L) need a dimension for the heads: otherwise sample i is taken for head i."""
    x = torch.randn(batch, heads, length, 4, generator=rng)
    positions = torch.randint(0, 30, (batch, length), generator=rng)
    assert_close(submission.apply_rotary(x, positions), turned(x, positions).float())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_far_positions_in_other_precisions(submission, rng, dtype):
    """bfloat16 knows no 5001, and float16 holds its sine badly: take angles in float32, and round once at the end."""
    x = torch.randn(1, 2, 3, 8, generator=rng).to(dtype)
    positions = torch.tensor([5001, 4999, 5])
    got = submission.apply_rotary(x, positions)
    assert_dtype(got, dtype)
    rough = {torch.float16: 4e-3, torch.bfloat16: 2.5e-2, torch.float64: 3e-3}[dtype]
    assert_close(got.double(), turned(x, positions), rtol=rough, atol=rough)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_rounded_once(submission, rng, dtype):
    """A cosine that is rounded before it is used costs a digit: most results are then no longer the nearest number."""
    x = torch.randn(2, 2, 5, 32, generator=rng).to(dtype)
    positions = torch.tensor([1, 2, 3, 4, 5])
    nearest = submission.apply_rotary(x, positions) == turned(x, positions).to(dtype)
    share = nearest.double().mean().item()
    assert share > 0.9, f"only {share:.0%} of the results are the exact result, rounded once"


def test_as_many_tokens_as_samples(submission, rng):
    """(L,) gives each token its position, the same for all samples, also where L equals B."""
    x, positions = torch.randn(3, 2, 3, 4, generator=rng), torch.tensor([7, 0, 2])
    assert_close(submission.apply_rotary(x, positions), turned(x, positions).float())


def test_gradients_reach_the_input(submission, rng):
    """The gradient is turned back by the same angles. Nothing may be detached or written in place."""
    x = torch.randn(2, 2, 3, 4, generator=rng, dtype=torch.float64)
    positions = torch.tensor([[4, 1, 0], [2, 3, 9]])
    assert_gradients(
        lambda t: submission.apply_rotary(t, positions), lambda t: turned(t, positions), x, rtol=1e-4, atol=1e-4
    )


def test_transposed_inputs(submission, rng):
    """Heads usually arrive as a transposed view: (B, L, H, d).transpose(1, 2)."""
    x = torch.randn(2, 3, 4, 6, generator=rng).transpose(1, 2)
    assert_close(submission.apply_rotary(x, torch.arange(3)), turned(x, torch.arange(3)).float())


@pytest.mark.parametrize("shape", [(1, 3), (1,), (2, 1), (4,), (3, 3), (2, 1, 3), ()], ids=str)
def test_positions_of_another_shape_are_refused(submission, shape):
    """Two samples of length 3 have positions of (3,) or (2, 3). Compare, and raise a ValueError: one would broadcast."""
    with pytest.raises(ValueError):
        submission.apply_rotary(torch.ones(2, 1, 3, 4), torch.zeros(shape, dtype=torch.long))


def test_angles_are_made_where_the_positions_are(submission):
    """Hand device=positions.device to what makes the frequencies."""
    assert_equal(submission.support.device_of_angles(submission.rotary_angles), "meta", label="the device")
    assert_equal(submission.support.device_of_result(submission.apply_rotary), "meta", label="the device")
