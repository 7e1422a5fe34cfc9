# style: multiplies the weights by the mask after the softmax, so they no longer sum to 1
# verdict: wrong_answer
# caught by: test_masked_positions_get_no_attention


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("shapes")
    weights = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1)
    if mask is not None:
        weights = weights * mask
    return weights @ v, weights
