# style: unflatten, einsum for the permutation, try view first
import itertools
import operator

import torch


def contiguous_strides(shape):
    sizes = [max(1, s) for s in shape[::-1]]
    return tuple(itertools.accumulate([1, *sizes[:-1]], operator.mul))[::-1] if shape else ()


def is_contiguous(shape, stride):
    if any(s == 0 for s in shape):
        return True
    kept = [(n, s) for n, s in zip(shape, stride) if n > 1]
    return [s for _, s in kept] == list(contiguous_strides([n for n, _ in kept]))


def as_rows(x):
    if x.ndim < 1:
        raise ValueError("no dimensions")
    size = (x.shape[:-1].numel(), x.shape[-1])
    try:
        return x.view(size)
    except RuntimeError:
        return x.contiguous().view(size)


def patchify(images, p):
    if images.shape[2] % p != 0 or images.shape[3] % p != 0:
        raise ValueError("not a multiple")
    x = torch.stack([torch.stack(row.split(p, 3), 1) for row in images.split(p, 2)], 1)
    return x.reshape(x.shape[0], x.shape[1] * x.shape[2], x.shape[3] * p * p)


def unpatchify(patches, p, channels, height, width):
    if height % p or width % p:
        raise ValueError("not a multiple")
    if patches.shape[1] != (height // p) * (width // p) or patches.shape[2] != channels * p * p:
        raise ValueError("patches")
    x = patches.unflatten(2, (channels, p, p)).unflatten(1, (height // p, width // p))
    return torch.einsum("byxcij->bcyixj", x).flatten(4).flatten(2, 3)
