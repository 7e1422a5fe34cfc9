# break: train.unscale_
# break: train.clip_grad_norm_
# where: clip_grad_norm_(
import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_


def train(model, data, optimizer, scaler):
    for x, y in data:
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.mse_loss(model(x).float(), y)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
    return loss.item()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
data = [(x := torch.randn(16, 6), x.sum(1, keepdim=True)) for _ in range(30)]
print(train(model, data, torch.optim.SGD(model.parameters(), lr=0.05), torch.amp.GradScaler("cpu")))
