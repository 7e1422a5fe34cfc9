import math

import pytest
import torch
import torch.nn.functional as F

from torchdojo.checkers import assert_close, assert_dtype, assert_finite, assert_gradients, assert_shape


def qkv(rng, lead=(2,), queries=3, keys=5, width=4, value_width=6, dtype=torch.float32):
    return (
        torch.randn(*lead, queries, width, generator=rng, dtype=dtype),
        torch.randn(*lead, keys, width, generator=rng, dtype=dtype),
        torch.randn(*lead, keys, value_width, generator=rng, dtype=dtype),
    )


def some_mask(rng, shape):
    mask = torch.rand(shape, generator=rng) < 0.5
    mask[..., 0] = True
    mask[..., -1] = False
    return mask


@pytest.mark.parametrize("lead", [(), (1,), (2,), (2, 3)], ids=["no batch", "batch of one", "batch", "batch and heads"])
def test_one_weight_per_query_and_key(submission, rng, lead):
    """Scores are q times k, transposed in its last two dimensions: (..., Lq, Lk). Count dimensions from the back."""
    q, k, v = qkv(rng, lead)
    output, weights = submission.scaled_dot_product_attention(q, k, v)
    assert_shape(weights, (*lead, 3, 5), "the weights")
    assert_shape(output, (*lead, 3, 6), "the output")


def test_weights_of_a_query_sum_to_one(submission, rng):
    """The softmax runs over the keys, the last dimension of the scores."""
    q, k, v = qkv(rng, (2, 2))
    _, weights = submission.scaled_dot_product_attention(q, k, v)
    assert_close(weights.sum(-1), torch.ones(2, 2, 3), label="the sum of the weights over the keys")


@pytest.mark.parametrize("width", [1, 3, 4, 64])
def test_scores_are_scaled(submission, rng, width):
    """Divide the scores by the square root of the width of a query, before the softmax."""
    q, k, v = qkv(rng, (), width=width, value_width=3)
    expected = torch.einsum("id,jd->ij", q, k).div(math.sqrt(width)).softmax(1)
    _, weights = submission.scaled_dot_product_attention(q, k, v)
    assert_close(weights, expected, label="the weights")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_output_is_the_weighted_mean_of_values(submission, rng, dtype):
    """The output is the weights times the values."""
    q, k, v = qkv(rng, (2, 2), dtype=dtype)
    output, _ = submission.scaled_dot_product_attention(q, k, v)
    assert_close(output, F.scaled_dot_product_attention(q, k, v), label="the output")


def test_masked_positions_get_no_attention(submission, rng):
    """True means "may look". Mask the scores before the softmax, so that the remaining weights still sum to 1."""
    q, k, v = qkv(rng, (2,))
    mask = some_mask(rng, (2, 3, 5))
    output, weights = submission.scaled_dot_product_attention(q, k, v, mask)
    assert not weights[~mask].any(), "a key that may not be looked at has a weight"
    assert_close(weights.sum(-1), torch.ones(2, 3), label="the sum of the weights over the keys")
    assert_close(output, F.scaled_dot_product_attention(q, k, v, attn_mask=mask), label="the output")


@pytest.mark.parametrize("scale", [300.0, 1e5], ids=["scores of 1e5", "scores of 1e10"])
def test_masks_hold_for_any_scores(submission, rng, scale):
    """A large negative number is no minus infinity: where allowed scores are lower still, the masked key wins."""
    q = scale * torch.ones(1, 4)
    k = scale * torch.tensor([[-1.0, -1.0, -1.0, -1.0], [1.0, 1.0, 1.0, 1.0]])
    v = torch.tensor([[1.0], [7.0]])
    output, weights = submission.scaled_dot_product_attention(q, k, v, torch.tensor([[True, False]]))
    assert_close(weights, torch.tensor([[1.0, 0.0]]), label="the weights")
    assert_close(output, torch.tensor([[1.0]]), label="the output")


@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 1, 1, 5), (4, 1, 5), (2, 4, 3, 1)], ids=str)
def test_masks_are_broadcast(submission, rng, shape):
    """A mask of shape (Lk,), (Lq, Lk) or (batch, 1, 1, Lk) serves all heads and queries."""
    q, k, v = qkv(rng, (2, 4))
    mask = torch.rand(shape, generator=rng) < 0.6
    mask[..., 0] = True
    output, _ = submission.scaled_dot_product_attention(q, k, v, mask)
    full = mask.expand(2, 4, 3, 5)
    assert_close(output, F.scaled_dot_product_attention(q, k, v, attn_mask=full), label="the output")


def test_square_mask_serves_all_samples(submission, rng):
    """Rows of a mask are queries and columns are keys, also where there are as many of both."""
    q, k, v = torch.randn(3, 2, 4, 6, generator=rng)
    mask = torch.ones(4, 4, dtype=torch.bool).tril()
    output, _ = submission.scaled_dot_product_attention(q, k, v, mask)
    assert_close(output, F.scaled_dot_product_attention(q, k, v, attn_mask=mask), label="the output")


def test_query_that_may_look_nowhere(submission, rng):
    """The softmax of nothing but minus infinity is NaN. Give such a row weights of 0, and check its gradients."""
    q, k, v = (t.requires_grad_() for t in qkv(rng, (2,)))
    mask = torch.ones(2, 3, 5, dtype=torch.bool)
    mask[1, 2] = False
    output, weights = submission.scaled_dot_product_attention(q, k, v, mask)
    assert_finite(weights, "the weights")
    assert_close(weights[1, 2], torch.zeros(5), label="the weights of a query that may look nowhere")
    assert_close(output[1, 2], torch.zeros(6), label="the output of a query that may look nowhere")
    for name, gradient in zip("qkv", torch.autograd.grad(output.pow(2).sum(), (q, k, v)), strict=True):
        assert_finite(gradient, f"the gradient of {name}")


@pytest.mark.parametrize("masked", [False, True], ids=["no mask", "mask"])
def test_gradients_reach_queries_keys_and_values(submission, reference, rng, masked):
    """All three inputs learn: the weights depend on q and k, and must not be detached."""
    q, k, v = qkv(rng, (2,), dtype=torch.float64)
    mask = some_mask(rng, (2, 3, 5)) if masked else None
    for part in (0, 1):
        assert_gradients(
            lambda *t, part=part: submission.scaled_dot_product_attention(*t, mask)[part],
            lambda *t, part=part: reference.scaled_dot_product_attention(*t, mask)[part],
            q,
            k,
            v,
            label=("the output", "the weights")[part],
        )


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
def test_half_precision(submission, reference, rng, dtype):
    """The result keeps the dtype of q. A fill value such as -1e9 does not exist in float16; minus infinity does."""
    q, k, v = (t.to(dtype) for t in qkv(rng, (2,)))
    mask = some_mask(rng, (3, 5))
    output, weights = submission.scaled_dot_product_attention(q, k, v, mask)
    assert_dtype(output, dtype, "the output")
    assert_dtype(weights, dtype, "the weights")
    expected, _ = reference.scaled_dot_product_attention(q.float(), k.float(), v.float(), mask)
    assert_close(output.float(), expected, label="the output", rtol=0.03, atol=0.03)


def test_transposed_inputs(submission, rng):
    """Heads usually arrive as a transposed view: (batch, length, heads, d).transpose(1, 2)."""
    q, k, v = (t.transpose(1, 2) for t in qkv(rng, (2, 3), queries=5))
    output, _ = submission.scaled_dot_product_attention(q, k, v)
    assert_close(output, F.scaled_dot_product_attention(q, k, v), label="the output")


@pytest.mark.parametrize(("other_k", "other_v"), [((5, 3), (5, 6)), ((5, 4), (4, 6)), ((5, 4), (1, 6))])
def test_shapes_that_do_not_fit_are_refused(submission, rng, other_k, other_v):
    """Queries and keys share a width, keys and values a length: compare them and raise a ValueError."""
    q = torch.randn(3, 4, generator=rng)
    with pytest.raises(ValueError):
        submission.scaled_dot_product_attention(q, torch.randn(other_k), torch.randn(other_v))
