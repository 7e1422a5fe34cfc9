# style: moves only the tensors of the outermost container
# verdict: wrong_answer
# caught by: test_nested_batch_moves_as_a_whole
import torch
from torch import nn


def pick_device(wanted: str | torch.device | None = None) -> torch.device:
    """The best device there is, or the wanted one; ValueError if that is not available."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted is None:
        return torch.device(next((kind for kind, found in there.items() if found), "cpu"))
    device = torch.device(wanted)
    if not there.get(device.type, True):
        raise ValueError(f"{device} is not available here")
    return device


def move_to(batch, device: str | torch.device, non_blocking: bool = False):
    """The same structure with every tensor on `device`."""
    if isinstance(batch, torch.Tensor):
        return batch.to(device, non_blocking=non_blocking)
    if isinstance(batch, dict):
        return {k: v.to(device, non_blocking=non_blocking) if torch.is_tensor(v) else v for k, v in batch.items()}
    if isinstance(batch, list | tuple):
        parts = [move_to(value, device, non_blocking) for value in batch]
        return type(batch)(*parts) if hasattr(batch, "_fields") else type(batch)(parts)
    return batch


def fade(x: torch.Tensor, rate: float) -> torch.Tensor:
    """x: (..., T), multiplied by rate ** t along the last dimension. Returns (..., T)."""
    steps = torch.arange(x.shape[-1], device=x.device, dtype=x.dtype)  # (T,)
    return x * rate**steps  # (..., T)


class Standardize(nn.Module):
    """(x - mean) / std for each channel: mean and std (C,), x (N, C, ...)."""

    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.as_tensor(mean, dtype=torch.float32).clone())  # (C,)
        self.register_buffer("std", torch.as_tensor(std, dtype=torch.float32).clone())  # (C,)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shape = (-1,) + (1,) * (x.dim() - 2)
        return (x - self.mean.view(shape)) / self.std.view(shape)  # (N, C, ...)
