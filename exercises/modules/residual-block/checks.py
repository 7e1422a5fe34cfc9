import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import (
    assert_close,
    assert_dtype,
    assert_equal,
    assert_frequency,
    assert_gradients,
    assert_registered_parameters,
    assert_same_state,
    assert_shape,
    unchanged,
)


def table(dim, hidden):
    return {
        "norm.weight": (dim,),
        "norm.bias": (dim,),
        "fc1.weight": (hidden, dim),
        "fc1.bias": (hidden,),
        "fc2.weight": (dim, hidden),
        "fc2.bias": (dim,),
    }


def loaded(submission, rng, dim, hidden, **options):
    state = {name: torch.randn(shape, generator=rng) for name, shape in table(dim, hidden).items()}
    block = submission.ResidualBlock(dim, hidden, **options)
    block.load_state_dict(state)
    return block, state


def expected(state, x):
    normed = F.layer_norm(x, x.shape[-1:], state["norm.weight"], state["norm.bias"])
    inner = F.linear(normed, state["fc1.weight"], state["fc1.bias"]).clamp(min=0)
    return x + F.linear(inner, state["fc2.weight"], state["fc2.bias"])


def test_parameters_have_the_promised_names(submission):
    """Three layers, norm, fc1 and fc2, and nothing else with parameters."""
    block = submission.ResidualBlock(3, 5)
    assert_registered_parameters(block, table(3, 5))
    assert_equal(set(block.state_dict()), set(table(3, 5)), label="the names in the state dict")
    state, second = block.state_dict(), submission.ResidualBlock(3, 5)
    second.load_state_dict({name: torch.full_like(value, 7.0) for name, value in state.items()})
    assert_same_state(block.state_dict(), state, label="the state, after a second block was given other values")


@pytest.mark.parametrize("lead", [(1,), (), (2, 3), (0,)], ids=str)
def test_a_fresh_block_is_the_identity(submission, rng, lead):
    """fc2 starts at zero, weight and bias, and the shortcut carries x untouched: no norm and no ReLU on it."""
    x = torch.randn(*lead, 4, generator=rng)
    got = submission.ResidualBlock(4, 6)(x)
    assert_shape(got, (*lead, 4))
    assert_close(got, x)


def test_a_fresh_block_can_learn(submission, rng):
    """Only fc2 is zero. If fc1 were zero too, ReLU would pass zeros on and fc2.weight would never get a gradient."""
    block = submission.ResidualBlock(4, 16)
    x = torch.randn(8, 4, generator=rng)
    block(x).pow(2).sum().backward()
    gradient = block.gradients()["fc2.weight"]
    assert gradient is not None, "no gradient reached fc2.weight"
    assert gradient.abs().max() > 0, "the gradient of fc2.weight is zero everywhere"
    for name in ("fc1.weight", "norm.weight"):
        assert dict(block.named_parameters())[name].abs().max() > 0, f"{name} starts at zero"


CASES = [(2, 3, (1,)), (4, 4, (3,)), (5, 2, (2, 3)), (3, 5, (0,))]


@pytest.mark.parametrize(("dim", "hidden", "lead"), CASES, ids=["2, 3", "4, 4", "5, 2 with a sequence", "an empty batch"])
def test_branch_is_added_to_the_input(submission, rng, dim, hidden, lead):
    """Norm, fc1, ReLU, fc2, in this order; then add x as it came, and do nothing after the sum."""
    block, state = loaded(submission, rng, dim, hidden)
    x = 3 * torch.randn(*lead, dim, generator=rng) + 1
    assert_close(block.eval()(x), expected(state, x))


def test_default_is_no_dropout(submission, rng):
    """With dropout left out, training mode computes the same as evaluation mode."""
    block, state = loaded(submission, rng, 6, 5)
    x = torch.randn(20, 6, generator=rng)
    assert_close(block.train()(x), expected(state, x))


@pytest.mark.parametrize("p", [0.5, 0.2])
def test_dropout_acts_on_the_branch_in_training(submission, rng, p):
    """Each element of the branch's result is dropped with probability p or divided by 1 - p; x is never dropped."""
    block, state = loaded(submission, rng, 50, 3, dropout=p)
    x = torch.randn(40, 50, generator=rng)
    branch = expected(state, x) - x
    got = block.train()(x) - x
    dropped = got.abs() < 1e-4 * (1 + branch.abs())
    assert_close(got[~dropped], branch[~dropped] / (1 - p), rtol=1e-3, atol=1e-3)
    assert_frequency(int(dropped.sum()), dropped.numel(), p)
    assert not (dropped == dropped[:1]).all(), "all rows lose the same elements: each element is dropped for itself"
    assert not (dropped == dropped[:, :1]).all(), "rows are dropped as a whole: each element is dropped for itself"


def test_dropout_rests_in_evaluation(submission, rng):
    """After eval() nothing is random: use nn.Dropout, or pass training=self.training to F.dropout. Every call counts anew."""
    block, state = loaded(submission, rng, 8, 5, dropout=0.5)
    block.eval()
    for _ in range(2):
        x = torch.randn(6, 8, generator=rng)
        assert_close(block(x), expected(state, x))


def test_gradients(submission, rng):
    """The gradient of x is that of the shortcut plus that of the branch; neither may be detached."""
    block, state = loaded(submission, rng, 4, 6)
    block.to(torch.float64)
    ours = {name: value.double().requires_grad_() for name, value in state.items()}
    x = torch.randn(2, 3, 4, generator=rng, dtype=torch.float64)
    assert_dtype(block(x), torch.float64)
    assert_gradients(block, lambda t: expected(ours, t), x)
    block.zero_grad()
    block(x).pow(2).sum().backward()
    found = block.gradients()
    for value in ours.values():
        value.grad = None
    expected(ours, x).pow(2).sum().backward()
    for name, value in ours.items():
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], value.grad, label=f"the gradient of {name}")


def test_transposed_inputs(submission, rng):
    """x may be a view with strides of its own."""
    block, state = loaded(submission, rng, 3, 4)
    x = torch.randn(3, 5, 2, generator=rng).permute(2, 1, 0)
    assert_close(block(x), expected(state, x))


def test_input_stays_as_it_is(submission, rng):
    """x += branch writes into the caller's tensor: make a new one."""
    block, _ = loaded(submission, rng, 3, 4)
    x = torch.randn(2, 3, generator=rng)
    with torch.no_grad(), unchanged(x):
        block(x)


@pytest.mark.parametrize("width", [1, 6])
def test_another_width_is_refused(submission, rng, width):
    """Compare the last dimension with dim and raise a ValueError before anything is computed."""
    block = submission.ResidualBlock(3, 6)
    with pytest.raises(ValueError):
        block(torch.randn(5, width, generator=rng))
