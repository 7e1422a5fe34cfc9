import torch


def broadcast_shape(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the sum of tensors of these shapes. ValueError if they do not fit."""
    raise NotImplementedError


def scale_channels(images: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """images: (B, C, H, W); weights: (C,) or (B, C). Returns (B, C, H, W)."""
    raise NotImplementedError


def squared_distances(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """a: (..., n, d); b: (..., m, d). Returns the squared distances of all pairs: (..., n, m)."""
    raise NotImplementedError
