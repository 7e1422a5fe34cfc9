from collections.abc import Sequence

import torch


def join_features(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    """(..., D1), (..., D2), ... to (..., D1 + D2 + ...)."""
    raise NotImplementedError


def make_batch(samples: Sequence[torch.Tensor]) -> torch.Tensor:
    """B tensors of shape S to (B, *S)."""
    raise NotImplementedError


def pad_batch(sequences: Sequence[torch.Tensor], value: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    """B sequences (T_i, ...) to the padded batch (B, T, ...) and the mask of real steps (B, T)."""
    raise NotImplementedError


def interleave(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Two tensors (N, ...) to (2 N, ...): a[0], b[0], a[1], b[1], ..."""
    raise NotImplementedError
