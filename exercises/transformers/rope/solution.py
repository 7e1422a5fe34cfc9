import torch


def rotary_angles(positions: torch.Tensor, d: int, base: float = 10000.0) -> torch.Tensor:
    """The angle of each pair of features at each position.

    positions: (...) integers. Returns float32 (..., d/2).
    """
    if d < 2 or d % 2:
        raise ValueError(f"{d} features do not make pairs")
    pair = torch.arange(d // 2, device=positions.device)  # (d/2,)
    frequencies = base ** (-2 * pair / d)  # (d/2,)  float32
    return positions.unsqueeze(-1) * frequencies  # (..., d/2)


def apply_rotary(x: torch.Tensor, positions: torch.Tensor, base: float = 10000.0) -> torch.Tensor:
    """Turn every pair (x[i], x[i + d/2]) by its angle.

    x: (B, H, L, d); positions: (L,) or (B, L) integers. Returns (B, H, L, d).
    """
    batch, _, length, d = x.shape
    if positions.shape not in ((length,), (batch, length)):
        raise ValueError(f"positions of shape {tuple(positions.shape)} for {batch} samples of length {length}")
    angles = rotary_angles(positions, d, base)  # (L, d/2) or (B, L, d/2)
    if positions.ndim == 2:
        angles = angles.unsqueeze(1)  # (B, 1, L, d/2)  the same for all heads
    cos, sin = angles.cos(), angles.sin()  # (L, d/2) or (B, 1, L, d/2)
    first, second = x.chunk(2, dim=-1)  # (B, H, L, d/2) each; times float32 they are at least float32
    turned = torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)  # (B, H, L, d)
    return turned.to(x.dtype)  # (B, H, L, d)
