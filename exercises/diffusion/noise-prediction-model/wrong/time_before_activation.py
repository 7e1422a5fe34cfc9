# style: adds the time before the first silu
# verdict: wrong_answer
# caught by: test_prediction
import torch
import torch.nn.functional as F
from torch import nn


def timestep_embedding(t: torch.Tensor, dim: int) -> torch.Tensor:
    """t: (n,) integer or float; returns float32 (n, dim), sines first, then cosines."""
    if dim % 2:
        raise ValueError(f"dim must be even, not {dim}")
    half = dim // 2
    exponents = torch.arange(half, dtype=torch.float32, device=t.device) / half  # (half,)
    angles = t.float()[:, None] * 10000.0**-exponents  # (n, half)
    return torch.cat([angles.sin(), angles.cos()], dim=1)  # (n, dim)


class NoisePredictor(nn.Module):
    """Layers: time_in, time_out (linear), conv_in, conv_mid, conv_out (3x3, padding 1)."""

    def __init__(self, channels: int, hidden: int, time_dim: int):
        super().__init__()
        self.time_dim = time_dim
        self.time_in = nn.Linear(time_dim, hidden)
        self.time_out = nn.Linear(hidden, hidden)
        self.conv_in = nn.Conv2d(channels, hidden, 3, padding=1)
        self.conv_mid = nn.Conv2d(hidden, hidden, 3, padding=1)
        self.conv_out = nn.Conv2d(hidden, channels, 3, padding=1)

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """x: (n, channels, h, w); t: (n,); returns (n, channels, h, w)."""
        if t.shape != x.shape[:1]:
            raise ValueError(f"t must have shape {tuple(x.shape[:1])}, not {tuple(t.shape)}")
        embedding = timestep_embedding(t, self.time_dim).to(x.dtype)  # (n, time_dim)
        e = self.time_out(F.silu(self.time_in(embedding)))  # (n, hidden)
        h = F.silu(self.conv_in(x) + e[:, :, None, None])  # (n, hidden, h, w)
        h = h + F.silu(self.conv_mid(h))  # (n, hidden, h, w)
        return self.conv_out(h)  # (n, channels, h, w)


def noise_prediction_loss(
    model, x0: torch.Tensor, t: torch.Tensor, noise: torch.Tensor, alphas_bar: torch.Tensor
) -> torch.Tensor:
    """x0 and noise: (n, ...); t: (n,) indices into alphas_bar (steps,); returns a scalar."""
    if noise.shape != x0.shape:
        raise ValueError(f"noise has shape {tuple(noise.shape)}, x0 {tuple(x0.shape)}")
    if t.shape != x0.shape[:1]:
        raise ValueError(f"t must have shape {tuple(x0.shape[:1])}, not {tuple(t.shape)}")
    alpha_bar = alphas_bar[t].to(x0.dtype)  # (n,)
    alpha_bar = alpha_bar.reshape(-1, *[1] * (x0.dim() - 1))  # (n, 1, ..., 1)
    x_t = alpha_bar.sqrt() * x0 + (1 - alpha_bar).sqrt() * noise  # (n, ...)
    return F.mse_loss(model(x_t, t), noise)  # ()
