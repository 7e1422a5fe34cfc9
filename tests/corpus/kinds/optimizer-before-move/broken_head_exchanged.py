"""Image-style classifier; the last layers get weight normalisation and a head for the new task."""
# where: Adam(net.parameters(), lr=lr)
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

torch.manual_seed(33)


def textures(n, classes):
    y = torch.randint(0, classes, (n,))
    f = 0.4 + 0.35 * y.float()
    yy, xx = torch.meshgrid(torch.arange(12.0), torch.arange(12.0), indexing="ij")
    img = torch.sin(f[:, None, None] * (xx + 0.5 * yy) + 6.28 * torch.rand(n, 1, 1))
    return (img + 0.4 * torch.randn(n, 12, 12)).unsqueeze(1), y


class Net(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 24, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(24, classes)

    def forward(self, x):
        return self.head(self.body(x))


class Learner:
    def __init__(self, net, lr=3e-3):
        self.net = net
        self.opt = torch.optim.Adam(net.parameters(), lr=lr)
        self.sched = torch.optim.lr_scheduler.ExponentialLR(self.opt, 0.9)

    def surgery(self, fn):
        fn(self.net)
        return self

    def fit(self, data, held, epochs, tag):
        x, y = data
        for e in range(epochs):
            self.net.train()
            for i in torch.randperm(len(y)).split(40):
                self.opt.zero_grad()
                loss = nn.functional.cross_entropy(self.net(x[i]), y[i])
                loss.backward()
                self.opt.step()
            self.sched.step()
            self.net.eval()
            with torch.no_grad():
                acc = (self.net(held[0]).argmax(1) == held[1]).float().mean().item()
            print(f"{tag} {e} loss {loss.item():.3f} acc {acc:.3f}")
        return self


def to_six_classes(net):
    old = net.head
    net.head = weight_norm(nn.Linear(old.in_features, 6))
    with torch.no_grad():
        net.head.bias[:4] = old.bias


learner = Learner(Net())
learner.fit(textures(600, 4), textures(100, 4), 3, "four")
learner.surgery(to_six_classes).fit(textures(800, 6), textures(100, 6), 3, "six")
