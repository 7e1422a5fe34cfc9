"""DANN: gradient reversal as an autograd.Function; source train, evaluation on the shifted target domain."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lam):
        ctx.lam = lam
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -ctx.lam * g, None


class DANN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 16), nn.ReLU())
        self.label, self.domain = nn.Linear(16, 3), nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x, lam=0.0):
        f = self.features(x)
        return self.label(f), self.domain(Reverse.apply(f, lam)).squeeze(1)


def domain(n, shift, scale, seed):
    g = torch.Generator().manual_seed(seed)
    c = torch.randn(3, 8, generator=torch.Generator().manual_seed(99)) * 1.5
    y = torch.randint(0, 3, (n,), generator=g)
    return TensorDataset((c[y] + torch.randn(n, 8, generator=g)) * scale + shift, y)


def run(epochs=8):
    torch.manual_seed(0)
    src = DataLoader(domain(512, 0.0, 1.0, 0), 32, shuffle=True, drop_last=True)
    tgt = DataLoader(domain(512, 1.5, 2.0, 1), 32, shuffle=True, drop_last=True)
    tgt_test = DataLoader(domain(300, 1.5, 2.0, 2), 100)
    model = DANN()
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    ce, bce = nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss()
    for epoch in range(epochs):
        lam = 2 / (1 + torch.exp(torch.tensor(-10.0 * epoch / epochs)).item()) - 1
        model.train()
        for (xs, ys), (xt, _) in zip(src, tgt):
            opt.zero_grad()
            ls, ds = model(xs, lam)
            _, dt = model(xt, lam)
            loss = ce(ls, ys) + 0.5 * (bce(ds, torch.zeros_like(ds)) + bce(dt, torch.ones_like(dt)))
            loss.backward()
            opt.step()
        model.eval()
        with torch.no_grad():
            good = sum((model(x)[0].argmax(1) == y).sum().item() for x, y in tgt_test)
        print(epoch, "target accuracy", good / len(tgt_test.dataset))


if __name__ == "__main__":
    run()
