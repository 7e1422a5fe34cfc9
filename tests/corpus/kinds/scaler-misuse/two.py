# break: Pair.update.step#1
# break: Pair.update.update
# where: step(
import torch
from torch import nn


class Pair:
    """Two networks that share a scaler."""

    def __init__(self):
        self.encoder, self.head = nn.Linear(6, 8), nn.Linear(8, 1)
        self.opt_e = torch.optim.Adam(self.encoder.parameters(), lr=1e-3)
        self.opt_h = torch.optim.Adam(self.head.parameters(), lr=1e-2)
        self.grad_scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)

    def update(self, x):
        self.opt_e.zero_grad()
        self.opt_h.zero_grad()
        out = self.head(self.encoder(x).tanh())
        loss = nn.functional.smooth_l1_loss(out, x.amax(1, keepdim=True))
        (self.grad_scaler.scale(loss) * 0.5 + self.grad_scaler.scale(out.pow(2).mean()) * 0.01).backward()
        self.grad_scaler.step(self.opt_e)
        self.grad_scaler.step(self.opt_h)
        self.grad_scaler.update()
        return loss.item()


torch.manual_seed(0)
pair = Pair()
for _ in range(40):
    value = pair.update(torch.randn(16, 6))
print(value)
