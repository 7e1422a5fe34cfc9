import pytest
import torch

from torchdojo.checkers import (
    assert_close,
    assert_distribution,
    assert_dtype,
    assert_equal,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
    unchanged,
)


def table(dim, bottleneck):
    return {"down.weight": (bottleneck, dim), "down.bias": (bottleneck,), "up.weight": (dim, bottleneck), "up.bias": (dim,)}


def loaded(submission, rng, dim=5, bottleneck=3, **options):
    state = {name: torch.randn(shape, generator=rng) for name, shape in table(dim, bottleneck).items()}
    adapter = submission.BottleneckAdapter(dim, bottleneck, **options)
    adapter.load_state_dict(state)
    return adapter, state


def expected(state, x, scale=1.0):
    inner = x @ state["down.weight"].T + state["down.bias"]
    inner = inner * 0.5 * (1 + torch.erf(inner / 2**0.5))
    return x + scale * (inner @ state["up.weight"].T + state["up.bias"])


def test_parameters_have_the_promised_names(submission):
    """down and up, each with a bias, and nothing else: scale is a plain number."""
    adapter = submission.BottleneckAdapter(6, 2, 0.5)
    assert_registered_parameters(adapter, table(6, 2))
    assert_equal(set(adapter.state_dict()), set(table(6, 2)), label="the names in the state dict")


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_a_fresh_adapter_is_the_identity(submission, rng, scale):
    """up starts at zero, its weight and its bias: a frozen model must not change when adapters are put in."""
    x = torch.randn(4, 6, generator=rng)
    assert_close(submission.BottleneckAdapter(6, 3, scale)(x), x)


def test_down_starts_at_random(submission, rng):
    """Mean 0 and standard deviation 1 / sqrt(dim), with a bias of 0. If down were zero as well, no weight would ever get a gradient."""
    adapter = submission.BottleneckAdapter(400, 50)
    assert_distribution(adapter.down.weight, mean=0.0, std=0.05, label="down.weight")
    beyond = (adapter.down.weight.abs() > 0.1).float().mean()
    assert 0.03 < beyond < 0.06, "down.weight is not drawn from a normal distribution"
    for name in ("down.bias", "up.weight", "up.bias"):
        value = adapter.state_dict()[name]
        assert_close(value, torch.zeros_like(value), label=name)
    adapter(torch.randn(3, 400, generator=rng)).pow(2).sum().backward()
    assert adapter.gradients()["up.weight"].abs().max() > 0, "the gradient of up.weight is zero everywhere"


@pytest.mark.parametrize("lead", [(1,), (4,), (), (2, 3), (0,)], ids=str)
def test_branch_is_added(submission, rng, lead):
    """down, exact GELU, up, and the sum with x; the leading dimensions stay."""
    adapter, state = loaded(submission, rng)
    x = torch.randn(*lead, 5, generator=rng)
    got = adapter(x)
    assert_shape(got, (*lead, 5))
    assert_close(got, expected(state, x))


@pytest.mark.parametrize("scale", [0.5, 3.0, 0.0, -1.0])
def test_scale_multiplies_the_branch(submission, rng, scale):
    """All of the branch, its last bias included, and not x. A scale of 0 is a scale too."""
    adapter, state = loaded(submission, rng, 4, 6, scale=scale)
    x = torch.randn(3, 4, generator=rng)
    assert_close(adapter(x), expected(state, x, scale))


@pytest.mark.parametrize("bottleneck", [1, 8])
def test_any_width_of_the_bottleneck(submission, rng, bottleneck):
    """One dimension is enough for a bottleneck; it may also be wider than dim."""
    adapter, state = loaded(submission, rng, 3, bottleneck)
    x = torch.randn(4, 3, generator=rng)
    assert_close(adapter(x), expected(state, x))


def test_gradients(submission, rng):
    """Gradients reach x on both ways, and all four parameters."""
    adapter, state = loaded(submission, rng, scale=0.7)
    adapter.to(torch.float64)
    ours = {name: value.double() for name, value in state.items()}
    x = torch.randn(2, 3, 5, generator=rng, dtype=torch.float64)
    assert_gradients(adapter, lambda t: expected(ours, t, 0.7), x)
    for value in ours.values():
        value.requires_grad_()
    adapter.zero_grad()
    adapter(x).pow(2).sum().backward()
    expected(ours, x, 0.7).pow(2).sum().backward()
    found = adapter.gradients()
    for name, value in ours.items():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], value.grad, label=f"the gradient of {name}")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64, None], ids=["bfloat16", "float64", "None"])
def test_dtype(submission, rng, dtype):
    """All four parameters have the dtype that is asked for, float32 if none is; so has the result."""
    adapter, due = submission.BottleneckAdapter(4, 2, dtype=dtype), dtype or torch.float32
    for name, value in adapter.named_parameters():
        assert_dtype(value, due, name)
        assert value.requires_grad, f"{name} does not require a gradient"
    assert_dtype(adapter(torch.randn(2, 4, generator=rng).to(due)), due)


def test_input_stays_as_it_is(submission, rng):
    """x += branch writes into the tensor of the caller. x may be a view with strides of its own."""
    adapter, state = loaded(submission, rng)
    x = torch.randn(5, 3, generator=rng).t()
    with torch.no_grad(), unchanged(x):
        got = adapter(x)
    assert_close(got, expected(state, x))


@pytest.mark.parametrize("width", [1, 6])
def test_another_width_is_refused(submission, width):
    """Compare the last dimension with dim and raise a ValueError."""
    adapter = submission.BottleneckAdapter(5, 2)
    with pytest.raises(ValueError):
        adapter(torch.zeros(3, width))


@pytest.mark.parametrize("bottleneck", [0, -2])
def test_a_bottleneck_below_one_is_refused(submission, bottleneck):
    """Nothing passes through zero dimensions: raise a ValueError when the adapter is made."""
    with pytest.raises(ValueError):
        submission.BottleneckAdapter(5, bottleneck)
