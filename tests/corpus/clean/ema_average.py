"""Train with an exponential moving average of the weights and evaluate the average."""
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.manual_seed(12)
X = torch.rand(400, 2) * 4 - 2
Y = torch.sin(X[:, :1]) * torch.cos(X[:, 1:])
train_x, train_y, test_x, test_y = X[:320], Y[:320], X[320:], Y[320:]

model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.95))
optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)


def evaluate(m):
    m.eval()
    with torch.no_grad():
        value = nn.functional.mse_loss(m(test_x), test_y).item()
    m.train()
    return value


step = 0
while step < 100:
    for chunk in torch.randperm(len(train_x)).chunk(10):
        prediction = model(train_x[chunk])
        loss = (prediction - train_y[chunk]).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        average.update_parameters(model)
        step += 1
    if step % 50 == 0:
        print(f"step {step}: raw {evaluate(model):.4f}, averaged {evaluate(average):.4f}")
