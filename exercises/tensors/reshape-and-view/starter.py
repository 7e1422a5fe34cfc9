import torch


def contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a new tensor of this shape."""
    raise NotImplementedError


def is_contiguous(shape: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    """Whether a tensor of this shape with these strides lies in memory in the usual order."""
    raise NotImplementedError


def as_rows(x: torch.Tensor) -> torch.Tensor:
    """x: (..., D). Returns (N, D), a view where that is possible."""
    raise NotImplementedError


def patchify(images: torch.Tensor, p: int) -> torch.Tensor:
    """images: (B, C, H, W). Returns patches: (B, H/p * W/p, C * p * p)."""
    raise NotImplementedError


def unpatchify(patches: torch.Tensor, p: int, channels: int, height: int, width: int) -> torch.Tensor:
    """patches: (B, height/p * width/p, channels * p * p). Returns images: (B, channels, height, width)."""
    raise NotImplementedError
