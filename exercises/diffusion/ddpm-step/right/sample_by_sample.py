# style: a loop over samples with scalar arithmetic, the chain by recursion
import math

import torch


def ddpm_step(x_t, t, predicted_noise, betas, z, variance="posterior"):
    if variance not in {"posterior", "beta"}:
        raise ValueError("variance")
    for other in (predicted_noise, z):
        if other.shape != x_t.shape:
            raise ValueError("shape")
    if t.shape != (x_t.shape[0],):
        raise ValueError("t")
    beta, bars, product = betas.tolist(), [], 1.0
    for b in beta:
        product *= 1 - b
        bars.append(product)
    out = torch.empty_like(x_t)
    for i, k in enumerate(t.tolist()):
        if not 0 <= k < len(beta):
            raise ValueError("step")
        mean = (x_t[i] - beta[k] / math.sqrt(1 - bars[k]) * predicted_noise[i]) / math.sqrt(1 - beta[k])
        if k > 0:
            share = 1.0 if variance == "beta" else (1 - bars[k - 1]) / (1 - bars[k])
            mean = mean + math.sqrt(share * beta[k]) * z[i]
        out[i] = mean
    return out


def ddpm_sample(model, x, betas, zs, variance="posterior"):
    def down(x, step):
        if step < 0:
            return x
        t = torch.tensor([step] * len(x))
        return down(ddpm_step(x, t, model(x, t), betas, zs[step], variance), step - 1)

    with torch.no_grad():
        return down(x, len(betas) - 1)
