# style: a rotation matrix per position, applied by einsum
import torch


def rotary_angles(positions, d, base=10000.0):
    if d < 2 or d & 1:
        raise ValueError("odd")
    rates = torch.tensor([base ** (-2.0 * i / d) for i in range(d // 2)], device=positions.device)
    return torch.stack([positions * r for r in rates], dim=-1).to(torch.float32)


def apply_rotary(x, positions, base=10000.0):
    B, H, L, d = x.shape
    if list(positions.shape) not in ([L], [B, L]):
        raise ValueError("shape of positions")
    angles = rotary_angles(positions.expand(B, L), d, base)
    c, s = angles.cos(), angles.sin()
    matrix = torch.stack([torch.stack([c, -s], -1), torch.stack([s, c], -1)], -2)
    kind = torch.promote_types(x.dtype, torch.float32)
    pairs = x.to(kind).reshape(B, H, L, 2, d // 2)
    return torch.einsum("blipq,bhlqi->bhlpi", matrix.to(kind), pairs).reshape(B, H, L, d).to(x.dtype)
