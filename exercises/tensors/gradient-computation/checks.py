import pytest
import support
import torch
from torch.autograd import functional

from torchdojo.checkers import assert_close, assert_dtype, assert_gradients, assert_shape, unchanged


@pytest.mark.parametrize("shape", [(3,), (), (1,), (2, 3)], ids=str)
def test_value_and_gradient_of_a_number(submission, rng, shape):
    """Return f(x) first, then the derivative by each entry of x."""
    x = torch.randn(shape, generator=rng, dtype=torch.float64)
    value, gradient = submission.value_and_grad(submission.support.quartic, x)
    assert_shape(value, (), "the value")
    assert_close(value, support.quartic(x), label="the value")
    assert_close(gradient, 4 * x**3 + 2 * functional.jacobian(torch.prod, x), label="the gradient")


def test_one_element_in_any_shape(submission, rng):
    """f(x) may be of shape (1, 1): the value comes back as ()."""
    x = torch.randn(3, generator=rng)
    value, gradient = submission.value_and_grad(submission.support.one_element, x)
    assert_shape(value, (), "the value")
    assert_close(value, (x**3).sum(), label="the value")
    assert_close(gradient, 3 * x**2, label="the gradient")


@pytest.mark.parametrize("name", ["elementwise", "table"])
def test_more_than_one_element_is_refused(submission, rng, name):
    """The gradient of several numbers is not one gradient: their sum would be differentiated without a word."""
    with pytest.raises(ValueError):
        submission.value_and_grad(getattr(submission.support, name), torch.randn(3, generator=rng))


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1,), ()], ids=str)
@pytest.mark.parametrize("name", ["table", "elementwise", "quartic"])
def test_jacobian(submission, rng, name, shape):
    """First the shape of f(x), then that of x. Every entry of f(x) takes a backward pass through the same graph."""
    x = torch.randn(shape, generator=rng, dtype=torch.float64)
    expected = functional.jacobian(getattr(support, name), x)
    got = submission.jacobian(getattr(submission.support, name), x)
    assert_shape(got, expected.shape, "the Jacobian")
    assert_close(got, expected, label="the Jacobian")


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1,)], ids=str)
def test_hessian_times_vector(submission, rng, shape):
    """Differentiate the product of gradient and v. The first gradient has to be recorded: create_graph=True."""
    x, v = torch.randn(2, *shape, generator=rng, dtype=torch.float64)
    _, expected = functional.hvp(support.quartic, x, v)
    assert_close(submission.hessian_vector_product(submission.support.quartic, x, v), expected, label="the product")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_product_is_exact(submission, rng, dtype):
    """The difference of two gradients is no derivative: a function with fast waves, or few digits, shows it."""
    x, v = torch.rand(2, 5, generator=rng, dtype=dtype)
    assert_close(
        submission.hessian_vector_product(submission.support.waves, x, v),
        -3e3 * torch.cos(3e3 * x) * v,
        label="the product",
    )


def test_vector_on_the_right(submission, rng):
    """Each row of the Hessian is multiplied by v; a diagonal Hessian would not tell v from a sum."""
    x = torch.randn(4, generator=rng, dtype=torch.float64)
    hessian = functional.hessian(support.quartic, x)
    columns = [submission.hessian_vector_product(submission.support.quartic, x, e) for e in torch.eye(4).double()]
    assert_close(torch.stack(columns, 1), hessian, label="the Hessian, column by column")


def test_rounded_value_with_a_gradient(submission, rng):
    """round() has a gradient of 0 everywhere. Add the rounding error as a constant: detach it."""
    x = (3 * torch.randn(4, 3, generator=rng, dtype=torch.float64)).requires_grad_()
    got = submission.round_straight_through(x)
    assert_close(got, x.detach().round(), label="the rounded values")
    assert got.requires_grad, "the result is cut from the graph"
    (gradient,) = torch.autograd.grad(got, x, 2 * torch.ones(4, 3).double())
    assert_close(gradient, torch.full((4, 3), 2.0, dtype=torch.float64), label="the gradient")


def test_zeros_where_nothing_depends_on_x(submission, rng):
    """autograd raises, or gives None, where there is no path: check requires_grad, materialize gradients."""
    x, v = torch.randn(2, 3, generator=rng)
    zeros = torch.zeros(3)
    value, gradient = submission.value_and_grad(submission.support.constant, x)
    assert_close(value, torch.tensor(1.0), label="the value")
    assert_close(gradient, zeros, label="the gradient of a constant")
    for name in ("constant_table", "some_constant"):
        expected = functional.jacobian(getattr(support, name), x)
        assert_close(submission.jacobian(getattr(submission.support, name), x), expected, label="the Jacobian")
    for name in ("linear", "constant"):
        got = submission.hessian_vector_product(getattr(submission.support, name), x, v)
        assert_close(got, zeros, label=f"the second derivative of a {name} function")


def test_zeros_where_only_the_weights_count(submission, rng):
    """f may depend on its own weights and not on x: then f(x) requires a gradient, and there is still no path to x."""
    x, v = torch.randn(2, 3, generator=rng)
    zeros, steady = torch.zeros(3), submission.support.Steady()
    assert_close(submission.value_and_grad(steady, x)[1], zeros, label="the gradient")
    assert_close(submission.jacobian(steady, x), zeros, label="the Jacobian")
    product = submission.hessian_vector_product(submission.support.Dot(), x, v)
    assert_close(product, zeros, label="the second derivative of a linear function")


def test_transposed_x(submission, rng):
    """x may be a view with strides of its own."""
    x, v = torch.randn(2, 3, 2, generator=rng, dtype=torch.float64).transpose(1, 2)
    expected = functional.jacobian(support.elementwise, x)
    assert_close(submission.jacobian(submission.support.elementwise, x), expected, label="the Jacobian")
    _, expected = functional.hvp(support.quartic, x, v)
    assert_close(submission.hessian_vector_product(submission.support.quartic, x, v), expected, label="the product")


def test_the_hessian_is_not_built(submission, rng):
    """Two passes are enough for the product, whatever the size of x. A Hessian takes one pass, and one row, for each entry of x."""
    x, v = torch.randn(2, 100, generator=rng)
    product = submission.hessian_vector_product
    operations, largest = submission.support.effort(product, submission.support.cubes, x, v)
    assert operations < 300, f"{operations} operations: as many as for one pass per entry of x"
    assert largest < 100 * 100, "a tensor as large as the Hessian was made"


@pytest.mark.parametrize("wanted", [False, True], ids=["x requires no gradient", "x requires a gradient"])
def test_x_is_left_as_it_came(submission, rng, wanted):
    """Differentiate a leaf of your own, made by detach(): requires_grad_() and backward() leave marks on x."""
    x = torch.randn(3, generator=rng)
    kept = submission.keep(x)
    kept.requires_grad_(wanted)
    if wanted:
        kept.grad = torch.full((3,), 7.0)
    for call in (
        lambda: submission.value_and_grad(submission.support.quartic, kept),
        lambda: submission.jacobian(submission.support.table, kept),
        lambda: submission.hessian_vector_product(submission.support.quartic, kept, torch.ones(3)),
    ):
        call()
        assert kept.requires_grad == wanted, "requires_grad of x was changed"
        gradient = kept.grad
        assert (gradient is None) != wanted, "x.grad was made or removed"
        if wanted:
            assert_close(gradient, torch.full((3,), 7.0), label="x.grad, which was 7 before")
        assert_close(kept.detach().clone(), x, label="x")


def test_weights_get_no_gradients(submission, rng):
    """backward() fills the .grad of every weight it passes, to be added to the next step: use torch.autograd.grad."""
    x = torch.randn(3, generator=rng)
    net, rows = submission.support.Net(), submission.support.Rows()
    submission.value_and_grad(net, x)
    submission.hessian_vector_product(net, x, torch.ones(3))
    submission.jacobian(rows, x)
    for model in (net, rows):
        assert model.gradients()["weight"] is None, "a weight inside of f has a gradient afterwards"


def test_results_are_plain_numbers(submission, rng):
    """A result that hangs on the graph keeps all of it in memory: detach."""
    x = torch.randn(3, generator=rng).requires_grad_()
    value, gradient = submission.value_and_grad(submission.support.Net(), x)
    assert not value.requires_grad, "the value requires a gradient"
    assert not gradient.requires_grad, "the gradient requires a gradient"
    assert not submission.jacobian(submission.support.Rows(), x).requires_grad, "the Jacobian requires a gradient"
    v = torch.ones(3, requires_grad=True)
    product = submission.hessian_vector_product(submission.support.Net(), x, v)
    assert not product.requires_grad, "the product requires a gradient"


def test_the_dtype_of_x(submission, rng):
    """Results have the dtype of x."""
    x = torch.randn(3, generator=rng, dtype=torch.float64)
    assert_dtype(submission.value_and_grad(submission.support.quartic, x)[1], torch.float64, "the gradient")
    assert_dtype(submission.jacobian(submission.support.constant_table, x), torch.float64, "the Jacobian")
    assert_dtype(submission.round_straight_through(x.float()), torch.float32, "the rounded values")
    with unchanged(x):
        assert_gradients(submission.round_straight_through, lambda t: t + (t.round() - t).detach(), x)
