# style: uses the permutation of patchify for the way back
# verdict: wrong_answer
# caught by: test_patches_become_images_again
import math

import torch


def contiguous_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def is_contiguous(shape: tuple[int, ...], stride: tuple[int, ...]) -> bool:
    if 0 in shape:
        return True
    usual = contiguous_strides(shape)
    return all(size == 1 or got == wanted for size, got, wanted in zip(shape, stride, usual))


def as_rows(x: torch.Tensor) -> torch.Tensor:
    if x.dim() == 0:
        raise ValueError("a tensor without dimensions has no rows")
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])  # (N, D)


def patchify(images: torch.Tensor, p: int) -> torch.Tensor:
    b, c, h, w = images.shape
    if h % p or w % p:
        raise ValueError(f"{p} does not divide {h} and {w}")
    x = images.reshape(b, c, h // p, p, w // p, p)  # (B, C, H/p, p, W/p, p)
    x = x.permute(0, 2, 4, 1, 3, 5)  # (B, H/p, W/p, C, p, p)
    return x.reshape(b, (h // p) * (w // p), c * p * p)  # (B, H/p * W/p, C * p * p)


def unpatchify(patches: torch.Tensor, p: int, channels: int, height: int, width: int) -> torch.Tensor:
    if height % p or width % p:
        raise ValueError(f"{p} does not divide {height} and {width}")
    rows, columns = height // p, width // p
    if patches.shape[1:] != (rows * columns, channels * p * p):
        raise ValueError(f"patches of shape {tuple(patches.shape)}")
    x = patches.reshape(-1, rows, columns, channels, p, p)  # (B, H/p, W/p, C, p, p)
    x = x.permute(0, 2, 4, 1, 3, 5)
    return x.reshape(-1, channels, height, width)  # (B, C, H, W)
