# style: adds noise at the last step too when the variance is beta
# verdict: wrong_answer
# caught by: test_no_noise_at_step_zero
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
    if variance not in ("posterior", "beta"):
        raise ValueError(f"variance must be posterior or beta, not {variance!r}")
    if predicted_noise.shape != x_t.shape or z.shape != x_t.shape:
        raise ValueError("predicted_noise and z must have the shape of x_t")
    if t.shape != x_t.shape[:1]:
        raise ValueError(f"t must have shape {tuple(x_t.shape[:1])}, not {tuple(t.shape)}")
    if ((t < 0) | (t >= len(betas))).any():
        raise ValueError(f"steps go from 0 to {len(betas) - 1}")
    alphas = 1 - betas  # (steps,)
    alphas_bar = alphas.cumprod(0)  # (steps,)
    before = torch.cat([torch.ones_like(alphas_bar[:1]), alphas_bar[:-1]])  # (steps,)
    squares = betas if variance == "beta" else (1 - before) / (1 - alphas_bar) * betas  # (steps,)
    noise_share = betas / (1 - alphas_bar).sqrt()  # (steps,)
    sigma = squares[t].sqrt()  # (n,)
    column = (-1, *[1] * (x_t.dim() - 1))
    scale = alphas[t].sqrt().reshape(column).to(x_t.dtype)  # (n, 1, ..., 1)
    noise_share = noise_share[t].reshape(column).to(x_t.dtype)  # (n, 1, ..., 1)
    sigma = sigma.reshape(column).to(x_t.dtype)  # (n, 1, ..., 1)
    return (x_t - noise_share * predicted_noise) / scale + sigma * z  # (n, ...)


@torch.no_grad()
def ddpm_sample(
    model, x: torch.Tensor, betas: torch.Tensor, zs: torch.Tensor, variance: str = "posterior"
) -> torch.Tensor:
    """All steps, the last one first.

    model(x_t, t) gives the noise; x: (n, ...); betas: (steps,); zs: (steps, n, ...). Returns (n, ...).
    """
    for step in reversed(range(len(betas))):
        t = torch.full((len(x),), step, device=x.device)  # (n,)
        x = ddpm_step(x, t, model(x, t), betas, zs[step], variance)  # (n, ...)
    return x
