# style: the forward pass as a decorated inner function, gradients through autograd.grad
import torch
from torch.nn.utils import clip_grad_norm_


def train_step(model, x, y, loss_fn, optimizer, scaler, dtype=torch.float16, max_norm=None):
    model.train()

    @torch.autocast(device_type=x.device.type, dtype=dtype)
    def forward():
        out = model(x)
        return loss_fn(out, y)

    loss = forward()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for p, g in zip(parameters, torch.autograd.grad(scaler.scale(loss), parameters), strict=True):
        p.grad = g
    if max_norm is not None:
        scaler.unscale_(optimizer)
        clip_grad_norm_(parameters, max_norm, norm_type=2)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad()
    return loss.detach().item()
