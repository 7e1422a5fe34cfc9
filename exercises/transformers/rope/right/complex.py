# style: pairs as complex numbers, turned by torch.polar
import torch


def rotary_angles(positions, d, base=10000.0):
    if d <= 0 or d % 2 == 1:
        raise ValueError("d has to be even and positive")
    i = torch.arange(d // 2, device=positions.device)
    return torch.einsum("...,i->...i", positions.float(), torch.pow(float(base), -2 * i / d))


def apply_rotary(x, positions, base=10000.0):
    b, h, n, d = x.shape
    if tuple(positions.shape) != (n,) and tuple(positions.shape) != (b, n):
        raise ValueError("positions")
    angles = rotary_angles(positions, d, base).view(-1, 1, n, d // 2)
    wide = x if x.dtype == torch.float64 else x.float()
    pairs = torch.view_as_complex(wide.unflatten(-1, (2, d // 2)).transpose(-1, -2).contiguous())
    pairs = pairs * torch.polar(torch.ones_like(angles), angles)
    return torch.view_as_real(pairs).transpose(-1, -2).flatten(-2).to(x.dtype)
