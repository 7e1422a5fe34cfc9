import pytest
import torch
import torch.nn.functional as F

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


def weights(rng, d_model, heads, kv_heads, dtype=torch.float32):
    narrow = d_model // heads * kv_heads
    rows = {"q_proj": d_model, "k_proj": narrow, "v_proj": narrow, "out_proj": d_model}
    return {f"{k}.weight": torch.randn(n, d_model, generator=rng, dtype=dtype) / d_model**0.5 for k, n in rows.items()}


def layer(submission, state, heads, kv_heads):
    d_model = len(state["q_proj.weight"])
    theirs = submission.GroupedQueryAttention(d_model, heads, kv_heads).to(state["q_proj.weight"].dtype)
    theirs.load_state_dict(state)
    return theirs


def built_in(state, heads, kv_heads, x, mask=None):
    """PyTorch's attention, which repeats keys and values by itself."""
    q, k, v = (
        (x @ state[f"{name}_proj.weight"].t()).unflatten(-1, (n, -1)).transpose(1, 2)
        for name, n in (("q", heads), ("k", kv_heads), ("v", kv_heads))
    )
    mask = None if mask is None else mask.expand(len(x), x.shape[1], x.shape[1])[:, None]
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
    return out.transpose(1, 2).flatten(2) @ state["out_proj.weight"].t()


@pytest.mark.parametrize(("d_model", "heads", "kv_heads"), [(8, 4, 2), (12, 6, 1), (6, 3, 3)], ids=str)
def test_keys_and_values_are_narrower(submission, d_model, heads, kv_heads):
    """A head is d_model / heads wide. There are kv_heads of them in k_proj and v_proj, which saves the memory."""
    narrow = d_model // heads * kv_heads
    shapes = {"q_proj.weight": (d_model, d_model), "out_proj.weight": (d_model, d_model)}
    shapes |= {"k_proj.weight": (narrow, d_model), "v_proj.weight": (narrow, d_model)}
    layer = submission.GroupedQueryAttention(d_model, heads, kv_heads)
    assert_registered_parameters(layer, shapes)
    state, second = layer.state_dict(), submission.GroupedQueryAttention(d_model, heads, kv_heads)
    second.load_state_dict({name: torch.full_like(value, 7.0) for name, value in state.items()})
    assert_same_state(layer.state_dict(), state, label="the state, after a second layer was given other values")


@pytest.mark.parametrize(("d_model", "heads", "kv_heads"), [(9, 2, 1), (12, 4, 3), (8, 2, 4), (4, 8, 8)], ids=str)
def test_heads_have_to_divide_evenly(submission, d_model, heads, kv_heads):
    """heads divides d_model, and kv_heads divides heads: otherwise raise a ValueError in the constructor."""
    with pytest.raises(ValueError):
        submission.GroupedQueryAttention(d_model, heads, kv_heads)


@pytest.mark.parametrize("lead", [(1, 1), (1, 3), (2, 5)], ids=str)
def test_with_as_many_heads_it_is_multi_head_attention(submission, rng, lead):
    """With kv_heads = heads every group has one query head. The scale is the root of a head's width."""
    state = weights(rng, 8, 2, 2)
    x = torch.randn(*lead, 8, generator=rng)
    got = layer(submission, state, 2, 2)(x)
    assert_shape(got, (*lead, 8))
    assert_close(got, built_in(state, 2, 2, x))


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_one_head_of_keys_for_all(submission, rng, heads):
    """With kv_heads = 1 all query heads look at the same keys: multi-query attention."""
    state = weights(rng, 8, heads, 1)
    x = torch.randn(2, 3, 8, generator=rng)
    assert_close(layer(submission, state, heads, 1)(x), built_in(state, heads, 1, x))


@pytest.mark.parametrize(("d_model", "heads", "kv_heads"), [(8, 4, 2), (12, 6, 3), (12, 6, 2)], ids=str)
def test_neighbouring_heads_share_their_keys(submission, rng, d_model, heads, kv_heads):
    """Query heads 0 to g - 1 use key head 0. repeat() deals them out in turn, repeat_interleave() in groups."""
    state = weights(rng, d_model, heads, kv_heads)
    x = torch.randn(2, 5, d_model, generator=rng)
    assert_close(layer(submission, state, heads, kv_heads)(x), built_in(state, heads, kv_heads, x))


@pytest.mark.parametrize("shape", [(3, 3), (1, 3), (2, 3, 3), (2, 1, 3), (1, 3, 3)], ids=str)
def test_mask_is_the_same_for_all_heads(submission, rng, shape):
    """(B, L, L) has no dimensions for heads and groups: without them sample i is taken for head i."""
    state = weights(rng, 8, 4, 2)
    x = torch.randn(2, 3, 8, generator=rng)
    mask = torch.rand(shape, generator=rng) < 0.4
    mask[..., 0] = True
    mask[..., 2] = False
    assert_close(layer(submission, state, 4, 2)(x, mask), built_in(state, 4, 2, x, mask))


def test_query_that_may_look_nowhere(submission, rng):
    """A softmax over nothing but minus infinity is NaN: these weights have to be 0, and so is the result."""
    state = weights(rng, 8, 4, 2)
    theirs = layer(submission, state, 4, 2)
    x = torch.randn(2, 3, 8, generator=rng).requires_grad_()
    mask = torch.ones(2, 3, 3, dtype=torch.bool)
    mask[1, 2] = False
    got = theirs(x, mask)
    assert_finite(got, "the result")
    assert_close(got[1, 2], torch.zeros(8), label="the result of a query that may look nowhere")
    got.square().sum().backward()
    assert_finite(x.grad, "the gradient of x")
    for name, gradient in theirs.gradients().items():
        assert_finite(gradient, f"the gradient of {name}")


def test_gradients_reach_input_and_weights(submission, reference, rng):
    """A shared head of keys gets the sum of the gradients of its group."""
    state = weights(rng, 8, 4, 2, torch.float64)
    theirs, ours = layer(submission, state, 4, 2), reference.GroupedQueryAttention(8, 4, 2).double()
    ours.load_state_dict(state)
    x = torch.randn(2, 3, 8, generator=rng, dtype=torch.float64)
    mask = torch.ones(3, 3, dtype=torch.bool).tril()
    assert_gradients(lambda t: theirs(t, mask), lambda t: ours(t, mask), x)
    theirs.zero_grad(), ours.zero_grad()
    theirs(x, mask).pow(2).sum().backward(), ours(x, mask).pow(2).sum().backward()
    assert_close(theirs.gradients(), {name: p.grad for name, p in ours.named_parameters()}, label="the gradients")


def test_transposed_inputs(submission, rng):
    """The input may be a view with strides of its own."""
    state = weights(rng, 8, 4, 2)
    x = torch.randn(5, 2, 8, generator=rng).transpose(0, 1)
    assert_close(layer(submission, state, 4, 2)(x), built_in(state, 4, 2, x))


@pytest.mark.parametrize(
    ("heads", "kv_heads", "rest"), [(4, 2, (3,)), (6, 2, (2,)), (6, 3, ()), (4, 1, (3,)), (2, 2, (5,))], ids=str
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_grouped_head_is_the_mean_of_its_heads(submission, rng, heads, kv_heads, rest, dtype):
    """Neighbouring heads make a group, and row r of the new head is the mean of their rows r."""
    weight = torch.randn(heads * 2, *rest, generator=rng, dtype=dtype)
    size = heads // kv_heads
    old = weight.split(2)
    groups = [torch.stack(old[start : start + size]).sum(0) / size for start in range(0, heads, size)]
    got = submission.group_heads(weight, heads, kv_heads)
    assert_dtype(got, dtype)
    assert_close(got, torch.cat(groups), label="the grouped weight")


def test_converted_layer_keeps_what_the_heads_agree_on(submission, rng):
    """Where the heads of a group are alike already, the grouped layer computes what the multi-head layer did."""
    grouped = weights(rng, 8, 4, 2)
    full = dict(grouped)
    for name in ("k_proj.weight", "v_proj.weight"):
        full[name] = torch.cat([head for head in grouped[name].split(2) for _ in range(2)])
    x = torch.randn(2, 3, 8, generator=rng)
    state = dict(full)
    for name in ("k_proj.weight", "v_proj.weight"):
        state[name] = submission.group_heads(full[name], 4, 2)
    assert_close(layer(submission, state, 4, 2)(x), built_in(full, 4, 4, x))


@pytest.mark.parametrize(("rows", "heads", "kv_heads"), [(9, 4, 2), (12, 6, 4), (8, 2, 4)], ids=str)
def test_weights_that_do_not_divide_are_refused(submission, rows, heads, kv_heads):
    """heads divides the rows, and kv_heads divides heads: otherwise raise a ValueError."""
    with pytest.raises(ValueError):
        submission.group_heads(torch.ones(rows, 3), heads, kv_heads)
