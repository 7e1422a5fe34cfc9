# style: puts the whole step into the autocast block
# verdict: wrong_answer
# caught by: test_backward_pass_runs_outside
import torch
from torch import nn


def train_step(model, x, y, loss_fn, optimizer, scaler, dtype=torch.float16, max_norm=None):
    model.train()
    optimizer.zero_grad()
    with torch.autocast(x.device.type, dtype=dtype):
        loss = loss_fn(model(x), y)
        scaler.scale(loss).backward()
        if max_norm is not None:
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        scaler.step(optimizer)
        scaler.update()
    return loss.item()
