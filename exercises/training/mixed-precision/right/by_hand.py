# style: always unscales, clips by hand, autocast entered by hand
import math

import torch


def train_step(model, x, y, loss_fn, optimizer, scaler, dtype=torch.float16, max_norm=None):
    model.train(True)
    for parameter in model.parameters():
        parameter.grad = None
    amp = torch.amp.autocast(device_type=next(model.parameters()).device.type, dtype=dtype)
    amp.__enter__()
    try:
        loss = loss_fn(model(x), y)
    finally:
        amp.__exit__(None, None, None)
    torch.autograd.backward([scaler.scale(loss)])
    scaler.unscale_(optimizer)
    if max_norm is not None:
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        norm = math.sqrt(sum(float(g.double().pow(2).sum()) for g in gradients))
        if norm > max_norm:
            for g in gradients:
                g.mul_(max_norm / norm)
    scaler.step(optimizer)
    scaler.update()
    return float(loss)
