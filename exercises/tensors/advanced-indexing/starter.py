import torch


def pick(x: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """x: (..., C); index: (...). Returns the entry of each row at its index: (...)."""
    raise NotImplementedError


def last_valid(x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """x: (B, T, D); lengths: (B,), from 1 to T. Returns the last step of each sample: (B, D)."""
    raise NotImplementedError


def keep_top_k(x: torch.Tensor, k: int, fill: float = float("-inf")) -> torch.Tensor:
    """x: (..., C). Returns x with all but the k largest entries of each row replaced by fill: (..., C)."""
    raise NotImplementedError


def sum_by_group(x: torch.Tensor, groups: torch.Tensor, n: int) -> torch.Tensor:
    """x: (N, ...); groups: (N,), from 0 to n - 1. Returns the sum of the rows of each group: (n, ...)."""
    raise NotImplementedError
