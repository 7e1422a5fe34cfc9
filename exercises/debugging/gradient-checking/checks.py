import math

import pytest
import torch

from torchdojo.checkers import assert_close, assert_equal, assert_type, unchanged


def randn(rng, *shape, dtype=torch.float32):
    return torch.randn(shape, generator=rng, dtype=dtype)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 2)], ids=str)
def test_measured_slopes(submission, rng, shape):
    """Move one number at a time, up and down by eps, and divide by the whole distance 2 * eps. Put it back before the next."""
    a, b = randn(rng, *shape), randn(rng, 2)
    got = submission.numerical_gradients(submission.support.cubes, [a, b])
    assert_type(got, list)
    assert_close(got, [3 * a.double() ** 2, torch.cos(2 * b.double())], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("eps", [0.5, 0.25])
def test_difference_is_central(submission, eps):
    """(f(x + eps) - f(x - eps)) / (2 eps): a difference to one side only has an error of the order of eps, not eps squared."""
    x = torch.tensor([1.0, -2.0])
    (got,) = submission.numerical_gradients(submission.support.of_steps, [x], eps=eps)
    assert_close(got, 3 * x.double() ** 2 + eps**2)


def test_default_step(submission):
    """Without eps the step is 1e-6, in both functions."""
    for call in (submission.numerical_gradients, submission.check_gradients):
        function = submission.support.Watched()
        call(function, [torch.tensor([1.0])])
        places = [values[0].item() for values in function.values]
        assert_close(max(places) - min(places), 2e-6, rtol=1e-4, label="the distance of the two places")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.float64], ids=str)
def test_function_sees_float64_copies(submission, rng, dtype):
    """In float32 a step of 1e-6 drowns in rounding. Hand in contiguous float64 copies, and record no gradients."""
    function = submission.support.Watched()
    a, b = randn(rng, 3, 2).to(dtype).t(), randn(rng, 1).to(dtype)
    with unchanged(a, b):
        got = submission.numerical_gradients(function, [a, b])
    assert_close(got, [2 * a.double(), 2 * b.double()], rtol=1e-6, atol=1e-7)
    for call in function.calls:
        assert_equal(
            call, [(torch.float64, True, False)] * 2, label="(dtype, contiguous, recording) of each input of a call"
        )


def test_one_number_moves_at_a_time(submission, rng):
    """Each number is moved up once and down once, while all others are exactly what they were. Calls at the inputs themselves are free."""
    function = submission.support.Watched()
    inputs = [randn(rng, 2), randn(rng, 1, 2)]
    submission.numerical_gradients(function, inputs, eps=0.125)
    places = []
    for values in function.values:
        moved = torch.cat([(v - x.double()).flatten() for v, x in zip(values, inputs, strict=True)])
        off = int(moved.count_nonzero())
        if off == 0:
            continue
        assert off == 1, f"{off} numbers are moved in one call"
        assert_close(moved.abs().max().item(), 0.125)
        places.append(int(moved.abs().argmax()))
    assert_equal(sorted(places), [0, 0, 1, 1, 2, 2, 3, 3], label="the numbers that were moved")


def test_inputs_do_not_move(submission):
    """The caller's float64 tensor must not move either, not even for a moment: `.to(torch.float64)` gives back the same tensor."""
    x = submission.keep(torch.ones(2, dtype=torch.float64))
    function = submission.support.Peeks(x)
    assert_close(submission.numerical_gradients(function, [x]), [torch.full((2,), 2.0).double()], rtol=1e-6)
    assert function.moved == 0


def test_the_same_tensor_twice(submission, rng):
    """If a tensor is handed in twice, each place is an input of its own."""
    x = randn(rng, 3)
    got = submission.numerical_gradients(submission.support.dot, [x, x])
    assert_close(got, [x.double(), x.double()], rtol=1e-6, atol=1e-7)
    assert submission.check_gradients(submission.support.dot, [x, x]) == []


def test_right_gradients(submission, rng):
    """A right backward pass gives an empty list, in every dtype, also for a product of matrices."""
    a, b = randn(rng, 2, 3), randn(rng, 3, 2)
    for inputs in ([a, b], [a.half(), b.half()], [b.t(), a.t()]):
        got = submission.check_gradients(submission.support.product, inputs)
        assert got == []
    got = submission.check_gradients(submission.support.unpacked, [a.t(), b.t()])
    assert got == []


@pytest.mark.parametrize("which", [0, 1])
def test_mistakes_are_named(submission, which):
    """Each mistake has the number of the input, the position as a tuple, and both values, in order, as plain numbers."""
    inputs = [torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, -6.0]]), torch.tensor([[0.5, -1.0, 2.0], [3.0, 4.0, -2.0]])]
    factor = torch.tensor([[1.0, 1.0, 1.5], [-1.0, 1.0, 0.0]])
    got = submission.check_gradients(submission.support.Wrong(factor, which), inputs)
    x, places = inputs[which], [(0, 2), (1, 0), (1, 2)]
    assert [mistake[:2] for mistake in got] == [(which, place) for place in places]
    assert_type(got, list)
    assert_type(got[0], tuple)
    assert_type(got[0][2], float)
    assert_type(got[0][3], float)
    assert_close([m[2] for m in got], [(2 * x * factor)[p].item() for p in places], label="autograd's values")
    assert_close([m[3] for m in got], [2 * x[p].item() for p in places], rtol=1e-6, label="the measured values")


def test_mistakes_in_several_inputs(submission):
    """All inputs are compared, and a number alone has the position ()."""
    function = submission.support.Wrong(torch.tensor(3.0), 1)
    got = submission.check_gradients(function, [torch.tensor([1.0]), torch.tensor(2.0)])
    assert [mistake[:2] for mistake in got] == [(1, ())]
    assert_close(got[0][2:], (12.0, 4.0), rtol=1e-6)


@pytest.mark.parametrize(
    ("slope", "options", "right"),
    [
        (1.0005, {}, True),
        (1.002, {}, False),
        (0.998, {}, False),
        (1.05, {"rtol": 0.1}, True),
        (0.95, {"rtol": 0.01}, False),
        (1.05, {"atol": 0.1, "rtol": 0.0}, True),
        (0.95, {"atol": 0.01, "rtol": 0.0}, False),
        (1.15, {"atol": 0.1, "rtol": 0.1}, True),
        (-1.0, {}, False),
        (1.5, {"atol": 0.5, "rtol": 0.0, "eps": 0.5}, True),
    ],
    ids=str,
)
def test_tolerance(submission, slope, options, right):
    """Right is |a - m| <= atol + rtol * |m|: the sum of both allowances, with the size of the measured value."""
    function = submission.support.Sloped(torch.tensor([slope]))
    got = submission.check_gradients(function, [torch.tensor([2.0])], **options)
    assert len(got) == (0 if right else 1)


@pytest.mark.parametrize(("factor", "wrong"), [(1.05, []), (1.2, [(0,), (1,)])], ids=str)
def test_relative_tolerance(submission, factor, wrong):
    """rtol allows a share of the measured value: much for a steep slope, little for a flat one."""
    function = submission.support.Wrong(torch.full((2,), factor))
    got = submission.check_gradients(function, [torch.tensor([50.0, 0.01])], atol=0.0, rtol=0.1)
    assert [position for _, position, _, _ in got] == wrong


def test_tolerance_by_default(submission):
    """Without options atol is 1e-5 and rtol is 1e-3: at a slope of 1 that allows 0.00101."""
    for slope, mistakes in ((1.001005, 0), (1.00102, 1)):
        function = submission.support.Sloped(torch.tensor([slope], dtype=torch.float64))
        assert len(submission.check_gradients(function, [torch.tensor([2.0])])) == mistakes


@pytest.mark.parametrize("slope", [math.nan, math.inf, -math.inf])
def test_bad_numbers_are_mistakes(submission, slope):
    """Every comparison with NaN is false: ask whether a value is right, not whether it is wrong."""
    got = submission.check_gradients(submission.support.Sloped(torch.tensor([1.0, slope])), [torch.ones(2)])
    assert [mistake[:2] for mistake in got] == [(0, (1,))]
    got = submission.check_gradients(submission.support.Cliff(), [torch.zeros(1)])
    assert [mistake[:2] for mistake in got] == [(0, (0,))]


def test_unused_inputs(submission, rng):
    """What the function does not use has the gradient 0, and autograd says None: use allow_unused."""
    a, b = randn(rng, 2), randn(rng, 3)
    assert submission.check_gradients(submission.support.first_only, [a, b]) == []
    assert submission.check_gradients(submission.support.constant, [a]) == []


def test_empty_inputs(submission, rng):
    """No numbers, no slopes: an empty tensor for an input without numbers, an empty list for no inputs."""
    got = submission.numerical_gradients(submission.support.first_only, [torch.zeros(0, 2), randn(rng, 2)])
    assert_close(got, [torch.zeros(0, 2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)])
    assert submission.numerical_gradients(submission.support.no_inputs, []) == []
    assert submission.check_gradients(submission.support.first_only, [torch.zeros(0, 2), randn(rng, 2)]) == []
    assert submission.check_gradients(submission.support.no_inputs, []) == []


def test_leaves_no_trace(submission, rng):
    """Inputs may be somebody's weights: their numbers, their `.grad` and their requires_grad are none of your business."""
    weight = submission.keep(torch.ones(2, 2, dtype=torch.float64, requires_grad=True))
    bias = submission.keep(torch.ones(2, 2, dtype=torch.float64))
    assert submission.check_gradients(submission.support.product, [weight, bias]) == []
    assert_close(submission.numerical_gradients(submission.support.first_only, [weight, bias])[0], torch.full((2, 2), 2.0).double(), rtol=1e-6)
    assert weight.requires_grad is True
    assert weight.grad is None
    assert bias.requires_grad is False
    assert_close(weight.detach().clone(), torch.ones(2, 2).double())


def test_under_no_grad(submission, rng):
    """The caller may have switched recording off: switch it on for the backward pass."""
    a, b = randn(rng, 2, 3), randn(rng, 3, 2)
    with torch.no_grad():
        got = submission.check_gradients(submission.support.product, [a, b])
        assert got == []
        got = submission.check_gradients(submission.support.Wrong(torch.zeros(2)), [torch.ones(2)])
        assert len(got) == 2


@pytest.mark.parametrize("function", ["vector", "number", "nothing"])
def test_other_results_are_refused(submission, function):
    """The slope of a vector is a matrix: raise a ValueError unless the result is a tensor with one number."""
    for call in (submission.numerical_gradients, submission.check_gradients):
        with pytest.raises(ValueError):
            call(getattr(submission.support, function), [torch.ones(2)])


def test_one_number_in_any_shape(submission, rng):
    """A result of shape (1, 1) is one number too."""
    x = randn(rng, 3)
    (got,) = submission.numerical_gradients(submission.support.one_in_brackets, [x])
    assert_close(got, (2 * x.double().sum()).expand(3), rtol=1e-5, atol=1e-6)
    assert submission.check_gradients(submission.support.one_in_brackets, [x]) == []
