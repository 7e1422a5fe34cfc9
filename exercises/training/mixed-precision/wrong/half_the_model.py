# style: converts model and batch to 16 bits and back
# verdict: wrong_answer
# caught by: test_forward_pass_runs_in_16_bits
import torch
from torch import nn


def train_step(model, x, y, loss_fn, optimizer, scaler, dtype=torch.float16, max_norm=None):
    model.train()
    optimizer.zero_grad()
    model.to(dtype)
    loss = loss_fn(model(x.to(dtype)), y.to(dtype))
    model.float()
    for p in model.parameters():
        p.grad = None
    scaler.scale(loss).backward()
    for p in model.parameters():
        if p.grad is not None:
            p.grad = p.grad.float()
    if max_norm is not None:
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
