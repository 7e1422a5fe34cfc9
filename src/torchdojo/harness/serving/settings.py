"""Settings of torch that hold for whatever runs next in the process: a call has to leave them as it found them."""

from __future__ import annotations

from typing import NamedTuple

import torch

_empty = torch.empty


class Settings(NamedTuple):
    """What they are at one moment."""

    gradients: bool
    dtype: torch.dtype
    device: torch.device


def settings() -> Settings:
    """As they are now; takes a microsecond."""
    return Settings(torch.is_grad_enabled(), torch.get_default_dtype(), _empty(0).device)


def put_back(before: Settings) -> str:
    """Make the settings what they were; what they had been left at, in words, "" if nothing had changed."""
    left = settings()
    if left == before:
        return ""
    words = []
    if left.gradients != before.gradients:
        torch.set_grad_enabled(before.gradients)
        words.append(f"gradients switched {'on' if left.gradients else 'off'}")
    if left.dtype != before.dtype:
        torch.set_default_dtype(before.dtype)
        words.append(f"the default dtype at {str(left.dtype).removeprefix('torch.')}")
    if left.device != before.device:
        torch.set_default_device(None if before.device.type == "cpu" else before.device)
        words.append(f"the default device at {left.device}")
    return " and ".join(words)
