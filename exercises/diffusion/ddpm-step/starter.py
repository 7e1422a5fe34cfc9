import torch


def ddpm_step(
    x_t: torch.Tensor,
    t: torch.Tensor,
    predicted_noise: torch.Tensor,
    betas: torch.Tensor,
    z: torch.Tensor,
    variance: str = "posterior",
) -> torch.Tensor:
    """One reverse step of each sample.

    x_t, predicted_noise, z: (n, ...); t: (n,) int64; betas: (steps,).
    variance: "posterior" or "beta". Returns (n, ...).
    """
    raise NotImplementedError


def ddpm_sample(
    model, x: torch.Tensor, betas: torch.Tensor, zs: torch.Tensor, variance: str = "posterior"
) -> torch.Tensor:
    """All steps, the last one first.

    model(x_t, t) gives the noise; x: (n, ...); betas: (steps,); zs: (steps, n, ...). Returns (n, ...).
    """
    raise NotImplementedError
