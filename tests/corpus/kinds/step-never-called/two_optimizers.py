# break: train.opt_head.step
import torch
from torch import nn


def train(body, head, data, opt_body, opt_head):
    for x, y in data:
        opt_body.zero_grad()
        opt_head.zero_grad()
        loss = nn.functional.mse_loss(head(body(x)), y)
        loss.backward()
        opt_body.step()
        opt_head.step()
    return loss.item()


torch.manual_seed(0)
body = nn.Sequential(nn.Linear(5, 16), nn.ReLU())
head = nn.Linear(16, 1)
data = [(x := torch.randn(20, 5), x.pow(2).sum(1, keepdim=True)) for _ in range(30)]
print(train(body, head, data, torch.optim.Adam(body.parameters()), torch.optim.Adam(head.parameters())))
