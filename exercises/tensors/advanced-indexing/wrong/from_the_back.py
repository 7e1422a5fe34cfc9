# style: accepts negative indices, as Python does
# verdict: wrong_answer
# caught by: test_indices_out_of_range_are_refused
import torch


def pick(x: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    _check(index, 0, x.shape[-1])
    return x.gather(-1, (index % x.shape[-1]).unsqueeze(-1)).squeeze(-1)


def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    _check(lengths, 1, x.shape[1] + 1)
    samples = torch.arange(len(x), device=x.device)  # (B,)
    return x[samples, lengths - 1]  # (B, D)  one (sample, step) pair per row


def keep_top_k(x: torch.Tensor, k: int, fill: float = float("-inf")) -> torch.Tensor:
    if not 1 <= k <= x.shape[-1]:
        raise ValueError(f"k is {k}, for rows of {x.shape[-1]}")
    values, places = x.topk(k, dim=-1)  # (..., k), (..., k)
    return torch.full_like(x, fill).scatter(-1, places, values)  # (..., C)


def sum_by_group(x: torch.Tensor, groups: torch.Tensor, n: int) -> torch.Tensor:
    _check(groups, 0, n)
    return x.new_zeros(n, *x.shape[1:]).index_add(0, groups, x)  # (n, ...)


def _check(index: torch.Tensor, low: int, end: int) -> None:
    index = torch.where(index < low, index + end - low, index)
    if (index >= end).any():
        raise ValueError(f"an index lies outside of {low} to {end - 1}")
