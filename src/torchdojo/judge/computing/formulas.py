"""Formulas that several families show: PyTorch has no part in them, so that they can be held against it."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.domain.computation import RAISES


def window(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """How many places a sliding window has: the output size of a convolution or a pooling."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def window_text(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> str:
    """The same with its numbers filled in."""
    places = window(size, kernel, stride, padding, dilation)
    return f"floor(({size} + 2×{padding} − {dilation}×({kernel} − 1) − 1) / {stride}) + 1 = {places}"


def transposed(
    size: int, kernel: int, stride: int = 1, padding: int = 0, output_padding: int = 0, dilation: int = 1
) -> int:
    """The output size of a transposed convolution."""
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1


def broadcast(*shapes: Sequence[int]) -> tuple[int, ...] | str:
    """The shape that shapes are stretched to, or RAISES: sizes from the right are equal, or one of them is 1."""
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    sizes = []
    for column in zip(*padded, strict=True):
        wanted = {size for size in column if size != 1}
        if len(wanted) > 1:
            return RAISES
        sizes.append(wanted.pop() if wanted else 1)
    return tuple(sizes)


def row_major(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of a contiguous tensor: the last dimension moves by one."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))
