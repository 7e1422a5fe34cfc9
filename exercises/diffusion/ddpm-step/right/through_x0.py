# style: estimates x_0 first and mixes it with x_t, as the posterior of two Gaussians
import torch


def ddpm_step(x_t, t, predicted_noise, betas, z, variance="posterior"):
    if variance != "posterior" and variance != "beta":
        raise ValueError(variance)
    if not (x_t.shape == predicted_noise.shape == z.shape) or t.ndim != 1 or len(t) != len(x_t):
        raise ValueError("shapes")
    if t.numel() and (t.min() < 0 or t.max() > len(betas) - 1):
        raise ValueError("range")
    table = betas.double()
    bars = torch.cumprod(1 - table, dim=0)
    shape = [len(t)] + [1] * (x_t.ndim - 1)
    beta, bar = table[t].view(shape), bars[t].view(shape)
    before = torch.where(t > 0, bars[(t - 1).clamp(min=0)], torch.ones_like(bars[t])).view(shape)
    x0 = (x_t.double() - (1 - bar) ** 0.5 * predicted_noise) / bar**0.5
    mean = (before**0.5 * beta * x0 + (1 - beta) ** 0.5 * (1 - before) * x_t) / (1 - bar)
    square = beta if variance == "beta" else beta * (1 - before) / (1 - bar)
    noisy = (t > 0).view(shape)
    return (mean + noisy * square.sqrt() * z).to(x_t.dtype)


def ddpm_sample(model, x, betas, zs, variance="posterior"):
    with torch.inference_mode():
        step = betas.numel() - 1
        while step >= 0:
            t = torch.ones(x.shape[0], dtype=torch.long) * step
            x = ddpm_step(x, t, model(x, t), betas, zs[step], variance)
            step -= 1
    return x.clone()
