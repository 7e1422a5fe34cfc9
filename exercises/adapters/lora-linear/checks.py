import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import (
    assert_close,
    assert_distribution,
    assert_dtype,
    assert_finite,
    assert_gradients,
    assert_registered_parameters,
    assert_same_state,
    assert_shape,
)


def trained(submission, rng, n_in=5, n_out=3, rank=2, alpha=3.0, bias=True, dtype=torch.float32):
    """A layer whose lora_B is no longer zero, and the tensors it holds."""
    base = submission.torch.nn.Linear(n_in, n_out, bias=bias, dtype=dtype)
    layer = submission.LoRALinear(base, rank, alpha)
    shapes = {"base.weight": (n_out, n_in), "lora_A": (rank, n_in), "lora_B": (n_out, rank)}
    if bias:
        shapes["base.bias"] = (n_out,)
    state = {name: torch.randn(shape, generator=rng, dtype=dtype) for name, shape in shapes.items()}
    layer.load_state_dict(state)
    return layer, state


def expected(state, x, scale):
    weight = state["base.weight"] + scale * torch.einsum("or,ri->oi", state["lora_B"], state["lora_A"])
    return F.linear(x, weight, state.get("base.bias"))


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
def test_what_is_registered(submission, bias):
    """Keep the layer under `base`, and make lora_A (rank, in) and lora_B (out, rank) parameters."""
    base = submission.torch.nn.Linear(6, 4, bias=bias)
    layer = submission.LoRALinear(base, 2, 4.0)
    shapes = {"base.weight": (4, 6), "lora_A": (2, 6), "lora_B": (4, 2)}
    assert_registered_parameters(layer, shapes | ({"base.bias": (4,)} if bias else {}))
    assert layer.base is base, "`base` is a copy: other parts of the model that share the layer would lose it"


def test_base_is_frozen(submission):
    """Only lora_A and lora_B may be trained: call requires_grad_(False) on the base."""
    layer = submission.LoRALinear(submission.torch.nn.Linear(6, 4), 2, 4.0)
    learns = {name for name, p in layer.named_parameters() if p.requires_grad}
    assert learns == {"lora_A", "lora_B"}, f"trainable: {sorted(learns)}"


@pytest.mark.parametrize("rank", [1, 3, 8])
def test_nothing_changes_at_first(submission, rng, rank):
    """lora_B starts at zero, so that the new layer begins as the base itself, also when alpha and rank are large."""
    base = submission.torch.nn.Linear(5, 4)
    x = torch.randn(3, 5, generator=rng)
    before = base(x)
    assert_close(submission.LoRALinear(base, rank, 16.0)(x), before)


def test_first_matrix_is_random(submission):
    """lora_A has mean 0 and standard deviation 1 / sqrt(in). If it were zero as well, neither would ever get a gradient."""
    layer = submission.LoRALinear(submission.torch.nn.Linear(400, 3), 50, 1.0)
    assert_distribution(layer.lora_A, mean=0.0, std=0.05, label="lora_A")
    assert_close(layer.lora_B, torch.zeros(3, 50), label="lora_B")


@pytest.mark.parametrize("shape", [(1, 5), (4, 5), (5,), (2, 3, 5), (0, 5)], ids=str)
def test_update_is_added(submission, rng, shape):
    """x goes through lora_A and then lora_B, both transposed; the leading dimensions stay."""
    layer, state = trained(submission, rng, rank=2, alpha=2.0)
    x = torch.randn(shape, generator=rng)
    got = layer(x)
    assert_shape(got, (*shape[:-1], 3))
    assert_close(got, expected(state, x, 1.0))


@pytest.mark.parametrize(("rank", "alpha"), [(1, 4.0), (4, 1.0), (3, 8)])
def test_update_is_scaled(submission, rng, rank, alpha):
    """The update is multiplied by alpha / rank, once."""
    layer, state = trained(submission, rng, rank=rank, alpha=alpha)
    x = torch.randn(4, 5, generator=rng)
    assert_close(layer(x), expected(state, x, alpha / rank))


def test_gradients(submission, rng):
    """Frozen does not mean cut off: x gets its gradient through the base as well as through the update."""
    layer, state = trained(submission, rng, rank=2, alpha=3.0, dtype=torch.float64)
    x = torch.randn(2, 4, 5, generator=rng, dtype=torch.float64)
    assert_gradients(layer, lambda t: expected(state, t, 1.5), x)
    layer.zero_grad()
    layer(x).pow(2).sum().backward()
    ours = {name: value.clone().requires_grad_() for name, value in state.items()}
    expected(ours, x, 1.5).pow(2).sum().backward()
    found = layer.gradients()
    for name in ("lora_A", "lora_B"):
        assert found[name] is not None, f"no gradient reached {name}"
        assert_close(found[name], ours[name].grad, label=f"the gradient of {name}")
    assert found["base.weight"] is None, "the frozen weight has a gradient"


def test_no_full_matrix_in_the_forward_pass(submission, rng):
    """Multiply x by the thin matrices one after the other. Their product is as large as the weight you wanted to avoid."""
    layer, _ = trained(submission, rng, 96, 80, rank=2)
    x = torch.randn(3, 96, generator=rng)
    with submission.counting() as counted:
        layer(x)
    due = 2 * 3 * (96 * 80 + 2 * (96 + 80))
    assert counted.flops <= 1.05 * due, f"{counted.flops} operations where {due} are enough"


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=["float64", "bfloat16"])
def test_dtype_follows_the_base(submission, rng, dtype):
    """Create both matrices with the dtype (and device) of the base's weight."""
    base = submission.torch.nn.Linear(4, 3, dtype=dtype)
    layer = submission.LoRALinear(base, 2, 2.0)
    assert_dtype(layer.lora_A, dtype, "lora_A")
    assert_dtype(layer.lora_B, dtype, "lora_B")
    assert_dtype(layer(torch.randn(2, 4, generator=rng).to(dtype)), dtype)


@pytest.mark.parametrize(("bias", "alpha"), [(True, 3.0), (False, 5.0)], ids=["bias", "no bias"])
def test_merged_layer_computes_the_same(submission, rng, bias, alpha):
    """The weight to fold in is alpha / rank times lora_B @ lora_A, of shape (out, in)."""
    layer, state = trained(submission, rng, rank=2, alpha=alpha, bias=bias, dtype=torch.float64)
    merged = layer.merge()
    assert {name for name, _ in merged.named_parameters()} == ({"weight", "bias"} if bias else {"weight"})
    x = torch.randn(4, 5, generator=rng, dtype=torch.float64)
    assert_close(merged(x), expected(state, x, alpha / 2), label="the output of the merged layer")
    with submission.counting() as counted:
        merged(x)
    assert counted.flops == 2 * 4 * 5 * 3, "the merged layer makes more than one product"


def test_merging_leaves_the_layer_alone(submission, rng):
    """merge() builds a new layer: nothing may be added to the base in place, and no memory shared with it."""
    layer, state = trained(submission, rng)
    merged = layer.merge()
    merged.load_state_dict({"weight": torch.ones(3, 5), "bias": torch.ones(3)})
    assert_same_state(layer.state_dict(), state, label="the state of the LoRA layer after merge()")
    x = torch.randn(2, 5, generator=rng)
    assert_finite(layer(x))
    assert_close(layer.merge()(x), expected(state, x, 1.5), label="the output of a second merged layer")
    learns = {name for name, p in layer.named_parameters() if p.requires_grad}
    assert learns == {"lora_A", "lora_B"}, f"trainable after merge(): {sorted(learns)}"


def test_transposed_inputs(submission, rng):
    """x may be a view with strides of its own."""
    layer, state = trained(submission, rng)
    x = torch.randn(5, 4, 2, generator=rng).permute(2, 1, 0)
    assert_close(layer(x), expected(state, x, 1.5))


@pytest.mark.parametrize("rank", [0, -1])
def test_rank_below_one_is_refused(submission, rank):
    """A rank of 0 would divide by zero: raise a ValueError."""
    with pytest.raises(ValueError):
        submission.LoRALinear(submission.torch.nn.Linear(3, 3), rank, 1.0)
