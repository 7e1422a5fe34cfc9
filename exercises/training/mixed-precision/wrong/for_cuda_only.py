# style: names cuda as the device of autocast, whatever device the batch is on
# verdict: wrong_answer
# caught by: test_forward_pass_runs_in_16_bits
import torch
from torch import nn


def train_step(model, x, y, loss_fn, optimizer, scaler, dtype=torch.float16, max_norm=None):
    model.train()
    optimizer.zero_grad()
    with torch.autocast("cuda", dtype=dtype):
        loss = loss_fn(model(x), y)
    scaler.scale(loss).backward()
    if max_norm is not None:
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
