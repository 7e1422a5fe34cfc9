# style: leaves the gradients scaled and scales the bound
import torch


def train_step(model, x, y, loss_fn, optimizer, scaler, dtype=torch.float16, max_norm=None):
    model.train()
    for p in model.parameters():
        p.grad = None
    with torch.amp.autocast(device_type=x.device.type, dtype=dtype):
        loss = loss_fn(model(x), y)
    scaler.scale(loss).backward()
    if max_norm is not None:
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm * scaler.get_scale())
    scaler.step(optimizer)
    scaler.update()
    return float(loss.detach())
