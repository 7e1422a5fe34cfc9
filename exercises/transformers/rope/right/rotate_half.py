# style: x cos + rotate_half(x) sin, with tables of full width
import math

import torch


def rotary_angles(positions, d, base=10000.0):
    if d % 2 != 0 or d < 1:
        raise ValueError(d)
    exponent = torch.arange(0, d, 2, device=positions.device).float() * (-math.log(base) / d)
    return positions[..., None].to(torch.float32) * exponent.exp()


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


def apply_rotary(x, positions, base=10000.0):
    if positions.dim() == 1:
        fits = positions.shape[0] == x.shape[2]
    else:
        fits = positions.dim() == 2 and positions.shape == (x.shape[0], x.shape[2])
    if not fits:
        raise ValueError("positions do not fit x")
    angles = rotary_angles(positions, x.shape[-1], base).repeat_interleave(2, dim=-1)
    angles = torch.cat((angles[..., 0::2], angles[..., 1::2]), dim=-1)
    if positions.dim() == 2:
        angles = angles[:, None]
    wide = x.double() if x.dtype == torch.float64 else x.to(torch.float32)
    return (wide * angles.cos() + rotate_half(wide) * angles.sin()).to(x.dtype)
