# style: gives keep one dimension too few, so that sample i masks head i
# verdict: wrong_answer
# caught by: test_padding_of_each_sample
import torch


def causal_mask(
    queries: int,
    keys: int | None = None,
    window: int | None = None,
    device: torch.device | str | None = None,
) -> torch.Tensor:
    if keys is None:
        keys = queries
    if keys < queries:
        raise ValueError(f"{queries} queries, but only {keys} keys")
    if window is not None and window < 1:
        raise ValueError(f"a window of {window} does not even hold the position itself")
    key = torch.arange(keys, device=device)
    query = key[keys - queries :].unsqueeze(1)
    mask = key <= query
    if window is not None:
        mask = mask & (key > query - window)
    return mask


def causal_softmax(
    scores: torch.Tensor,
    keep: torch.Tensor | None = None,
    window: int | None = None,
) -> torch.Tensor:
    batch, _, queries, keys = scores.shape
    mask = causal_mask(queries, keys, window, scores.device)
    if keep is not None:
        if keep.shape != (batch, keys):
            raise ValueError(f"keep has the shape {tuple(keep.shape)}, not {(batch, keys)}")
        mask = mask & keep[:, None, :]
    scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(dim=-1)
    return weights.masked_fill(~mask, 0.0)
