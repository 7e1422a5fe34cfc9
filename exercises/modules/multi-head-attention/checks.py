import pytest
import torch
from torch import nn

from torchdojo.checkers import (
    assert_close,
    assert_finite,
    assert_gradients,
    assert_registered_parameters,
    assert_shape,
    assert_state_dict_round_trip,
)


def layers(submission, reference, d_model, heads, dtype=torch.float32):
    theirs, ours = submission.MultiHeadAttention(d_model, heads), reference.MultiHeadAttention(d_model, heads)
    theirs.load_state_dict(ours.state_dict())
    return theirs.to(dtype), ours.to(dtype)


def built_in(ours, heads):
    """PyTorch's own layer with the same weights."""
    layer = nn.MultiheadAttention(ours.q_proj.in_features, heads, batch_first=True)
    with torch.no_grad():
        for kind in ("weight", "bias"):
            parts = [getattr(p, kind) for p in (ours.q_proj, ours.k_proj, ours.v_proj)]
            getattr(layer, f"in_proj_{kind}").copy_(torch.cat(parts))
            getattr(layer.out_proj, kind).copy_(getattr(ours.out_proj, kind))
    return layer


def test_four_projections_are_registered(submission):
    """q_proj, k_proj, v_proj and out_proj are nn.Linear(d_model, d_model), assigned in the constructor."""
    shapes = {}
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        shapes |= {f"{name}.weight": (6, 6), f"{name}.bias": (6,)}
    assert_registered_parameters(submission.MultiHeadAttention(6, 2), shapes)


@pytest.mark.parametrize(("d_model", "heads"), [(6, 4), (4, 8)])
def test_heads_have_to_divide_the_width(submission, d_model, heads):
    """Integer division would silently drop features: raise a ValueError in the constructor."""
    with pytest.raises(ValueError):
        submission.MultiHeadAttention(d_model, heads)


@pytest.mark.parametrize(("batch", "length"), [(1, 1), (1, 3), (2, 5)])
def test_one_head_is_plain_attention(submission, reference, rng, batch, length):
    """With a single head there is nothing to split. The scale is sqrt(d_model), as dh is d_model."""
    theirs, ours = layers(submission, reference, 4, 1)
    x = torch.randn(batch, length, 4, generator=rng)
    q, k, v = ours.q_proj(x), ours.k_proj(x), ours.v_proj(x)
    weights = (torch.einsum("bid,bjd->bij", q, k) / 2.0).softmax(-1)
    got = theirs(x)
    assert_shape(got, (batch, length, 4))
    assert_close(got, ours.out_proj(torch.einsum("bij,bjd->bid", weights, v)))


@pytest.mark.parametrize(("d_model", "heads"), [(4, 2), (12, 3), (8, 8)])
def test_each_head_owns_a_slice_of_the_features(submission, reference, rng, d_model, heads):
    """View the width as (heads, dh), then transpose: another view mixes positions. The scale is sqrt(dh)."""
    theirs, ours = layers(submission, reference, d_model, heads)
    x = torch.randn(2, 5, d_model, generator=rng)
    expected, _ = built_in(ours, heads)(x, x, x)
    assert_close(theirs(x), expected)


@pytest.mark.parametrize("length", [1, 3, 4, 7])
def test_keys_and_values_come_from_the_context(submission, reference, rng, length):
    """With a context the queries come from x, keys and values both from the context, which has a length of its own."""
    theirs, ours = layers(submission, reference, 6, 3)
    x, context = torch.randn(2, 4, 6, generator=rng), torch.randn(2, length, 6, generator=rng)
    expected, _ = built_in(ours, 3)(x, context, context)
    assert_close(theirs(x, context), expected)


@pytest.mark.parametrize("shape", [(5, 5), (1, 5)], ids=["(Lq, Lk)", "(1, Lk)"])
def test_one_mask_for_all_samples(submission, reference, rng, shape):
    """True means "may look". Minus infinity goes into the scores of all heads, before the softmax."""
    theirs, ours = layers(submission, reference, 6, 2)
    x = torch.randn(3, 5, 6, generator=rng)
    mask = torch.ones(shape, dtype=torch.bool).tril(2)
    expected, _ = built_in(ours, 2)(x, x, x, attn_mask=~mask.expand(5, 5))
    assert_close(theirs(x, mask=mask), expected)


@pytest.mark.parametrize(("batch", "heads", "rows"), [(3, 2, 4), (2, 2, 4), (2, 2, 1), (1, 4, 4)], ids=str)
def test_a_mask_for_each_sample(submission, reference, rng, batch, heads, rows):
    """A mask of (B, Lq, Lk) needs a dimension for the heads. Without it, the mask of sample i is taken for head i."""
    theirs, ours = layers(submission, reference, 8, heads)
    x, context = torch.randn(batch, 4, 8, generator=rng), torch.randn(batch, 6, 8, generator=rng)
    mask = torch.rand(batch, rows, 6, generator=rng) < 0.5
    mask[..., 0] = True
    full = mask.expand(batch, 4, 6).repeat_interleave(heads, 0)
    expected, _ = built_in(ours, heads)(x, context, context, attn_mask=~full)
    assert_close(theirs(x, context, mask), expected)


def test_query_that_may_look_nowhere(submission, reference, rng):
    """A row of nothing but minus infinity is NaN after the softmax: its weights have to be 0, in the gradient too."""
    theirs, ours = layers(submission, reference, 4, 2)
    x = torch.randn(2, 3, 4, generator=rng).requires_grad_()
    mask = torch.ones(2, 3, 3, dtype=torch.bool)
    mask[1, 2] = False
    got = theirs(x, mask=mask)
    assert_finite(got, "the result")
    assert_close(got[1, 2], ours.out_proj.bias, label="the result of a query that may look nowhere")
    got.pow(2).sum().backward()
    assert_finite(x.grad, "the gradient of x")
    for name, gradient in theirs.gradients().items():
        assert_finite(gradient, f"the gradient of {name}")


def test_gradients_reach_inputs_and_weights(submission, reference, rng):
    """Every projection learns, and so do x and the context."""
    theirs, ours = layers(submission, reference, 6, 2, torch.float64)
    x, context = (torch.randn(2, n, 6, generator=rng, dtype=torch.float64) for n in (3, 4))
    mask = torch.rand(2, 3, 4, generator=rng) < 0.7
    assert_gradients(lambda a, c: theirs(a, c, mask), lambda a, c: ours(a, c, mask), x, context)
    theirs.zero_grad(), ours.zero_grad()
    theirs(x, context, mask).pow(2).sum().backward()
    ours(x, context, mask).pow(2).sum().backward()
    for name, parameter in ours.named_parameters():
        gradient = theirs.gradients()[name]
        assert gradient is not None, f"no gradient reached {name}"
        assert_close(gradient, parameter.grad, label=f"the gradient of {name}")


def test_transposed_inputs(submission, reference, rng):
    """The inputs may be views: view() fails on some strides where reshape() does not."""
    theirs, ours = layers(submission, reference, 4, 2)
    x = torch.randn(5, 2, 4, generator=rng).transpose(0, 1)
    context = torch.randn(2, 4, 3, generator=rng).transpose(1, 2)
    assert_close(theirs(x, context), ours(x, context))


def test_weights_survive_saving_and_loading(submission, rng):
    """All that decides the result lies in the four layers: a layer with the same state gives the same result."""
    assert_state_dict_round_trip(lambda: submission.MultiHeadAttention(6, 3), torch.randn(2, 4, 6, generator=rng))
