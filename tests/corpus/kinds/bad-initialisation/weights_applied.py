# break: init_weights.kaiming_normal_
# where: return self.net(x)
import torch
from torch import nn
from torch.nn import init


def init_weights(layer):
    if isinstance(layer, (nn.Linear, nn.Conv1d)):
        init.kaiming_normal_(layer.weight)
        init.zeros_(layer.bias)


class Waves(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv1d(1, 8, 5), nn.ReLU(), nn.Flatten(), nn.Linear(96, 16), nn.ReLU(), nn.Linear(16, 1))
        self.net.apply(init_weights)

    def forward(self, x):
        return self.net(x)


class Fitter:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)

    def step(self, wave, frequency):
        loss = nn.functional.mse_loss(self.model(wave), frequency)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
fitter = Fitter(Waves())
for _ in range(40):
    frequency = torch.rand(32, 1) * 2
    loss = fitter.step(torch.sin(frequency[..., None] * torch.arange(16.0)), frequency)
print(loss)
