import math

import torch


def scaled_dot_product_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    mask: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention of every query over all keys.

    q: (..., Lq, d); k: (..., Lk, d); v: (..., Lk, dv); mask: bool, broadcasts to (..., Lq, Lk), True where allowed.
    Returns the output (..., Lq, dv) and the weights (..., Lq, Lk).
    """
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"queries of width {q.shape[-1]}, keys of width {k.shape[-1]}")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"{k.shape[-2]} keys, {v.shape[-2]} values")
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))  # (..., Lq, Lk)
    weights = scores.softmax(dim=-1)  # (..., Lq, Lk)  NaN in rows of nothing but -inf
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)  # (..., Lq, Lk)  those rows become 0
    return weights @ v, weights  # (..., Lq, dv), (..., Lq, Lk)
