# break: assembled
# where: load_state_dict
import torch
from torch import nn


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(5, 16), nn.ReLU())
        self.head = nn.Linear(16, 1)

    def forward(self, x):
        return self.head(self.encoder(x))


def learn(model, x, y, updates):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=5e-3)
    for _ in range(updates):
        rows = torch.randint(len(x), (32,))
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def assembled(encoder, head):
    model = Parts()
    model.encoder.load_state_dict(encoder)
    model.encoder.requires_grad_(False)
    model.head = head
    return model


torch.manual_seed(5)
x = torch.randn(300, 5)
y = (x[:, :1] * 2).tanh()
old = Parts()
print(learn(old, x, y, updates=60))
new = assembled(old.encoder.state_dict(), old.head)
print(learn(new, x, y + 0.3, updates=40))
