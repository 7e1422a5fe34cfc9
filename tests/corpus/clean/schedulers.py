"""Several schedulers: warm-up into cosine per step, a plateau per epoch on the validation loss."""
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, ReduceLROnPlateau, SequentialLR

torch.manual_seed(31)
x, valid_x = torch.randn(192, 4), torch.randn(64, 4)
target = lambda t: torch.cos(t).sum(1, keepdim=True)
y, valid_y = target(x), target(valid_x)


def network():
    return nn.Sequential(nn.Linear(4, 32), nn.SiLU(), nn.Linear(32, 1))


def one_epoch(model, optimizer, after_step=None):
    for idx in torch.randperm(len(x)).split(24):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
        if after_step is not None:
            after_step()
    with torch.no_grad():
        return nn.functional.mse_loss(model(valid_x), valid_y).item()


model = network()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
scheduler = SequentialLR(
    optimizer,
    [LinearLR(optimizer, start_factor=0.1, total_iters=8), CosineAnnealingLR(optimizer, T_max=32)],
    milestones=[8],
)
for epoch in range(5):
    print("cosine", epoch, one_epoch(model, optimizer, scheduler.step), scheduler.get_last_lr())

model = network()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
plateau = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
for epoch in range(8):
    valid = one_epoch(model, optimizer)
    plateau.step(valid)
    print("plateau", epoch, valid, optimizer.param_groups[0]["lr"])
