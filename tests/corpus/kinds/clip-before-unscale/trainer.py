# break: Trainer.batch.unscale_
import torch
from torch import nn


class Trainer:
    def __init__(self, net, every=2):
        self.net, self.every, self.seen = net, every, 0
        self.optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
        self.scaler = torch.amp.GradScaler("cpu", init_scale=4096.0)

    def batch(self, x, y):
        loss = nn.functional.cross_entropy(self.net(x), y)
        self.scaler.scale(loss / self.every).backward()
        self.seen += 1
        if self.seen % self.every == 0:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.net.parameters(), max_norm=0.5)
            self.scaler.step(self.optimizer)
            self.scaler.update()
            self.optimizer.zero_grad(set_to_none=True)
        return loss.item()


torch.manual_seed(0)
trainer = Trainer(nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24, 3)))
for _ in range(50):
    x = torch.randn(12, 2, 8)
    value = trainer.batch(x, x.mean((1, 2)).gt(0).long())
print(value)
