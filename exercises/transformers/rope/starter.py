import torch


def rotary_angles(positions: torch.Tensor, d: int, base: float = 10000.0) -> torch.Tensor:
    """The angle of each pair of features at each position.

    positions: (...) integers. Returns float32 (..., d/2).
    """
    raise NotImplementedError


def apply_rotary(x: torch.Tensor, positions: torch.Tensor, base: float = 10000.0) -> torch.Tensor:
    """Turn every pair (x[i], x[i + d/2]) by its angle.

    x: (B, H, L, d); positions: (L,) or (B, L) integers. Returns (B, H, L, d).
    """
    raise NotImplementedError
