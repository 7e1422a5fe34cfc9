# style: rounds sines and cosines to the dtype of x before they are used
# verdict: wrong_answer
# caught by: test_rounded_once
import torch


def rotary_angles(positions, d, base=10000.0):
    if d < 1 or d % 2:
        raise ValueError("d")
    f = torch.tensor([base ** (-2 * i / d) for i in range(d // 2)], device=positions.device, dtype=torch.float64)
    return (positions.double().unsqueeze(-1) * f).float()


def apply_rotary(x, positions, base=10000.0):
    b, h, l, d = x.shape
    if tuple(positions.shape) not in ((l,), (b, l)):
        raise ValueError("positions")
    th = rotary_angles(positions, d, base)
    dt = torch.float64 if x.dtype == torch.float64 else torch.float32
    th = th.to(dt) if th.dim() == 2 else th.to(dt)[:, None]
    z = torch.complex(x[..., : d // 2].to(dt), x[..., d // 2 :].to(dt)) * torch.complex(
        th.cos().to(x.dtype).to(dt), th.sin().to(x.dtype).to(dt)
    )
    return torch.cat([z.real, z.imag], -1).to(x.dtype)
