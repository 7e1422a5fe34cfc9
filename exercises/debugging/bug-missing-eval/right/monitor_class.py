# style: a class around network and optimizer, whole set in one pass
import torch
from torch import nn

SEED = 0
BASIS = torch.sin(torch.arange(24) * torch.arange(1, 5).unsqueeze(1) * 0.4)


def record(n, damage=0.0):
    sounds = torch.randn(n, 4).clamp(-2, 2) @ BASIS + 0.1 * torch.randn(n, 24)
    return sounds + damage * nn.functional.one_hot(torch.randint(0, 24, (n,)), 24)


class Listener(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(24, hidden), nn.ReLU(), nn.Dropout(0.2), nn.Linear(hidden, 6))
        self.decode = nn.Sequential(nn.Linear(6, hidden), nn.ReLU(), nn.Linear(hidden, 24))
        self.register_buffer("level", torch.zeros(()))

    def forward(self, x):
        return self.decode(self.encode(x))


class Monitor:
    def __init__(self):
        self.net = Listener()
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=0.003)

    def fit(self, sounds):
        self.net.train()
        for _ in range(25):
            for batch in sounds[torch.randperm(len(sounds))].split(50):
                loss = (self.net(batch) - batch).pow(2).mean()
                loss.backward()
                self.opt.step()
                self.opt.zero_grad()
        self.net.requires_grad_(False).eval()

    def errors(self, sounds):
        return nn.functional.mse_loss(self.net(sounds), sounds, reduction="none").mean(1)

    def calibrate(self, sounds):
        self.net.level = self.errors(sounds).quantile(0.95)

    def alarms(self, sounds):
        return (self.errors(sounds) > self.net.level).float().mean().item()


if __name__ == "__main__":
    torch.manual_seed(SEED)
    monitor = Monitor()
    monitor.fit(record(2000))
    monitor.calibrate(record(500))
    print(monitor.alarms(record(1000)), monitor.alarms(record(1000, 1.7)))
