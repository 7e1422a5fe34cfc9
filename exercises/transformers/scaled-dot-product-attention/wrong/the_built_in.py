# style: calls PyTorch's own attention for the output
# verdict: forbidden
# caught by: test_one_weight_per_query_and_key
import torch
import torch.nn.functional as F


def scaled_dot_product_attention(q, k, v, mask=None):
    weights = torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask), weights
