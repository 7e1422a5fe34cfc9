import math

import torch


def contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a new tensor of this shape."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def is_contiguous(shape: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    """Whether a tensor of this shape with these strides lies in memory in the usual order."""
    if 0 in shape:
        return True
    usual = contiguous_strides(shape)
    return all(size == 1 or got == wanted for size, got, wanted in zip(shape, stride, usual))


def as_rows(x: torch.Tensor) -> torch.Tensor:
    """x: (..., D). Returns (N, D), a view where that is possible."""
    if x.dim() == 0:
        raise ValueError("a tensor without dimensions has no rows")
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])  # (N, D)


def patchify(images: torch.Tensor, p: int) -> torch.Tensor:
    """images: (B, C, H, W). Returns patches: (B, H/p * W/p, C * p * p)."""
    b, c, h, w = images.shape
    if h % p or w % p:
        raise ValueError(f"{p} does not divide {h} and {w}")
    x = images.reshape(b, c, h // p, p, w // p, p)  # (B, C, H/p, p, W/p, p)
    x = x.permute(0, 2, 4, 1, 3, 5)  # (B, H/p, W/p, C, p, p)
    return x.reshape(b, (h // p) * (w // p), c * p * p)  # (B, H/p * W/p, C * p * p)


def unpatchify(patches: torch.Tensor, p: int, channels: int, height: int, width: int) -> torch.Tensor:
    """patches: (B, height/p * width/p, channels * p * p). Returns images: (B, channels, height, width)."""
    if height % p or width % p:
        raise ValueError(f"{p} does not divide {height} and {width}")
    rows, columns = height // p, width // p
    if patches.shape[1:] != (rows * columns, channels * p * p):
        raise ValueError(f"patches of shape {tuple(patches.shape)}")
    x = patches.reshape(-1, rows, columns, channels, p, p)  # (B, H/p, W/p, C, p, p)
    x = x.permute(0, 3, 1, 4, 2, 5)  # (B, C, H/p, p, W/p, p)
    return x.reshape(-1, channels, height, width)  # (B, C, H, W)
