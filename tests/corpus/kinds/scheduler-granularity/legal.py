import torch
from torch import nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=12, shuffle=True)
EPOCHS = 6


def run(build, per_batch):
    net = nn.Linear(4, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.05)
    sched = build(opt)
    for epoch in range(EPOCHS):
        total = 0.0
        for a, b in loader:
            loss = nn.functional.mse_loss(net(a), b)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item()
            if per_batch:
                sched.step()
        if not per_batch:
            sched.step(total) if isinstance(sched, lr_scheduler.ReduceLROnPlateau) else sched.step()
    return total


print(run(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 6), True))
print(run(lambda o: lr_scheduler.CyclicLR(o, 0.01, 0.1, step_size_up=6), True))
print(run(lambda o: lr_scheduler.OneCycleLR(o, 0.1, epochs=EPOCHS, steps_per_epoch=len(loader)), True))
print(run(lambda o: lr_scheduler.LambdaLR(o, lambda s: min(1.0, (s + 1) / 8)), True))
print(run(lambda o: lr_scheduler.LambdaLR(o, lambda s: 1 - s / (EPOCHS * 8)), True))
print(run(lambda o: lr_scheduler.ReduceLROnPlateau(o, patience=1), False))
print(run(lambda o: lr_scheduler.MultiStepLR(o, [3, 5]), False))
print(run(lambda o: lr_scheduler.StepLR(o, 30), False))
print(run(lambda o: lr_scheduler.ExponentialLR(o, 0.97), True))
