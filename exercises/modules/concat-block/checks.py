import pytest
import torch

from torchdojo.checkers import assert_close, assert_gradients, assert_registered_parameters, assert_shape


def loaded(submission, rng, dims, out):
    state = {"fc.weight": torch.randn(out, sum(dims), generator=rng), "fc.bias": torch.randn(out, generator=rng)}
    block = submission.ConcatBlock(list(dims), out)
    block.load_state_dict(state)
    return block, state


def expected(state, *inputs):
    """Each input times its own columns of the weight; the sum broadcasts by itself."""
    total, start = state["fc.bias"], 0
    for x in inputs:
        total = total + x @ state["fc.weight"][:, start : start + x.shape[-1]].T
        start += x.shape[-1]
    return total.clamp(min=0)


def test_one_linear_layer_for_all(submission):
    """fc is an nn.Linear(sum(dims), out_dim), and there is nothing else to learn."""
    block = submission.ConcatBlock([2, 3, 1], 4)
    assert_registered_parameters(block, {"fc.weight": (4, 6), "fc.bias": (4,)})
    assert set(block.state_dict()) == {"fc.weight", "fc.bias"}


@pytest.mark.parametrize(("n", "dims"), [(1, (2,)), (5, (2, 3)), (1, (2, 2)), (4, (1, 4, 2))], ids=str)
def test_inputs_are_joined_in_order(submission, rng, dims, n):
    """Along the last dimension, first input first; then fc, then ReLU."""
    block, state = loaded(submission, rng, dims, 3)
    inputs = [torch.randn(n, width, generator=rng) for width in dims]
    got = block(*inputs)
    assert_shape(got, (n, 3))
    assert_close(got, expected(state, *inputs))


LEADS = [((), ()), ((4, 5), (4, 1)), ((1, 5), (4, 1)), ((0,), (0,)), ((0, 2), (1, 1))]


@pytest.mark.parametrize(("first", "second"), LEADS, ids=str)
def test_leading_dimensions_are_broadcast(submission, rng, first, second):
    """A leading dimension of 1 is repeated as often as the other input asks, in both directions. torch.cat does not do that."""
    block, state = loaded(submission, rng, (2, 3), 4)
    a, b = torch.randn(*first, 2, generator=rng), torch.randn(*second, 3, generator=rng)
    got = block(a, b)
    assert_shape(got, (*torch.broadcast_shapes(first, second), 4))
    assert_close(got, expected(state, a, b))


def test_equal_widths_and_sizes_are_not_mixed_up(submission, rng):
    """With three inputs of shape (3, 3) joining along the wrong dimension only shows in the values."""
    block, state = loaded(submission, rng, (3, 3, 3), 2)
    inputs = [torch.randn(3, 3, generator=rng) for _ in range(3)]
    assert_close(block(*inputs), expected(state, *inputs))


def test_gradients(submission, rng):
    """Every input gets its gradient, and a broadcast one the sum over its copies."""
    block, state = loaded(submission, rng, (2, 3, 1), 4)
    block.to(torch.float64)
    double = {name: value.double() for name, value in state.items()}
    shapes = [(2, 4, 2), (2, 1, 3), (1, 4, 1)]
    inputs = [torch.randn(shape, generator=rng, dtype=torch.float64) for shape in shapes]
    assert_gradients(block, lambda *xs: expected(double, *xs), *inputs)
    for value in double.values():
        value.requires_grad_()
    block.zero_grad()
    block(*inputs).pow(2).sum().backward()
    expected(double, *inputs).pow(2).sum().backward()
    for name, value in double.items():
        found = block.gradients()[name]
        assert found is not None, f"no gradient reached {name}"
        assert_close(found, value.grad, label=f"the gradient of {name}")


def test_transposed_inputs(submission, rng):
    """Inputs may be views with strides of their own."""
    block, state = loaded(submission, rng, (4, 3), 2)
    a, b = torch.randn(4, 5, generator=rng).t(), torch.randn(3, 5, generator=rng).t()
    assert_close(block(a, b), expected(state, a, b))


@pytest.mark.parametrize("count", [0, 1, 3], ids=["no input", "one input", "three inputs"])
def test_another_number_of_inputs_is_refused(submission, count):
    """A block made for two inputs takes exactly two: raise a ValueError. zip alone would drop the rest silently."""
    block = submission.ConcatBlock([2, 2], 3)
    with pytest.raises(ValueError):
        block(*[torch.zeros(4, 2)] * count)


@pytest.mark.parametrize("widths", [(3, 2), (1, 3), (2, 4), (4, 1)], ids=str)
def test_another_width_is_refused(submission, widths):
    """Compare each width with its own entry of dims and raise a ValueError: (3, 2) and (4, 1) even have the right sum."""
    block = submission.ConcatBlock([2, 3], 3)
    with pytest.raises(ValueError):
        block(*[torch.zeros(4, width) for width in widths])


BAD_LEADS = [((2, 4), (2, 3)), ((4,), ()), ((4,), (1, 4)), ((0,), (2,))]


@pytest.mark.parametrize(("first", "second"), BAD_LEADS, ids=str)
def test_leading_dimensions_that_do_not_fit_are_refused(submission, first, second):
    """Sizes have to agree or be 1, and both inputs need the same number of dimensions: raise a ValueError otherwise."""
    block = submission.ConcatBlock([2, 3], 3)
    with pytest.raises(ValueError):
        block(torch.zeros(*first, 2), torch.zeros(*second, 3))


def test_dims_are_copied(submission):
    """Store list(dims): the very list of the caller changes when the caller appends to it."""
    dims = submission.keep([2, 3])
    block = submission.ConcatBlock(dims, 4)
    dims.append(1)
    assert_shape(block(torch.zeros(5, 2), torch.zeros(5, 3)), (5, 4))


def test_a_block_without_inputs_is_refused(submission):
    """An empty dims is a mistake of the caller: raise a ValueError when the block is made."""
    with pytest.raises(ValueError):
        submission.ConcatBlock([], 3)
