# style: leaves the result in float32
# verdict: wrong_answer
# caught by: test_far_positions_in_other_precisions
import torch


def rotary_angles(positions: torch.Tensor, d: int, base: float = 10000.0) -> torch.Tensor:
    if d < 2 or d % 2:
        raise ValueError(f"{d} features do not make pairs")
    pair = torch.arange(d // 2, device=positions.device)
    frequencies = base ** (-2 * pair / d)
    return positions.unsqueeze(-1) * frequencies


def apply_rotary(x: torch.Tensor, positions: torch.Tensor, base: float = 10000.0) -> torch.Tensor:
    batch, _, length, d = x.shape
    if positions.shape not in ((length,), (batch, length)):
        raise ValueError(f"positions of shape {tuple(positions.shape)} for {batch} samples of length {length}")
    angles = rotary_angles(positions, d, base)
    if positions.ndim == 2:
        angles = angles.unsqueeze(1)
    cos, sin = angles.cos(), angles.sin()
    first, second = x.chunk(2, dim=-1)
    turned = torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)
    return turned
