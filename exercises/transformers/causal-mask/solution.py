import torch


def causal_mask(
    queries: int,
    keys: int | None = None,
    window: int | None = None,
    device: torch.device | str | None = None,
) -> torch.Tensor:
    """Which of `keys` positions each of the last `queries` positions may look at.

    Returns bool (queries, keys), True where allowed. window: how many positions a query sees, its own included.
    """
    if keys is None:
        keys = queries
    if keys < queries:
        raise ValueError(f"{queries} queries, but only {keys} keys")
    if window is not None and window < 1:
        raise ValueError(f"a window of {window} does not even hold the position itself")
    key = torch.arange(keys, device=device)  # (keys,)
    query = key[keys - queries :].unsqueeze(1)  # (queries, 1)  the last positions
    mask = key <= query  # (queries, keys)
    if window is not None:
        mask = mask & (key > query - window)  # (queries, keys)
    return mask


def causal_softmax(
    scores: torch.Tensor,
    keep: torch.Tensor | None = None,
    window: int | None = None,
) -> torch.Tensor:
    """Attention weights over the allowed keys.

    scores: (B, H, Lq, Lk); keep: bool (B, Lk), False at padding. Returns (B, H, Lq, Lk).
    """
    batch, _, queries, keys = scores.shape
    mask = causal_mask(queries, keys, window, scores.device)  # (Lq, Lk)
    if keep is not None:
        if keep.shape != (batch, keys):
            raise ValueError(f"keep has the shape {tuple(keep.shape)}, not {(batch, keys)}")
        mask = mask & keep[:, None, None, :]  # (B, 1, Lq, Lk)
    scores = scores.masked_fill(~mask, float("-inf"))  # (B, H, Lq, Lk)
    weights = scores.softmax(dim=-1)  # (B, H, Lq, Lk)  NaN in rows of nothing but -inf
    return weights.masked_fill(~mask, 0.0)  # (B, H, Lq, Lk)  those rows become 0
