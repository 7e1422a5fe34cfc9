"""Physics-flavoured operator learning: map an initial profile to the profile after diffusion."""
# where: out = net(a)
import functools
import torch
from torch import nn

torch.manual_seed(2)
G = 32


def profiles(n):
    k = torch.arange(1, 6.0)
    c = torch.randn(n, 5) / k
    x = torch.linspace(0, 3.14159, G)
    s = torch.sin(k[:, None] * x)
    return c @ s, (c * torch.exp(-0.1 * k ** 2)) @ s


class SpectralConv(nn.Module):
    def __init__(self, ch, modes=8):
        super().__init__()
        self.m = modes
        self.w = nn.Parameter(torch.randn(ch, ch, modes, 2) / ch)

    def forward(self, x):
        f = torch.fft.rfft(x)[..., :self.m]
        return torch.fft.irfft(torch.einsum("bim,iom->bom", f, torch.view_as_complex(self.w)), n=x.shape[-1])


class FNO(nn.Module):
    def __init__(self, ch=16):
        super().__init__()
        self.up, self.down = nn.Conv1d(1, ch, 1), nn.Conv1d(ch, 1, 1)
        self.spec = nn.ModuleList(SpectralConv(ch) for _ in range(2))
        self.skip = nn.ModuleList(nn.Conv1d(ch, ch, 1) for _ in range(2))

    def forward(self, u):
        h = self.up(u[:, None])
        for s, k in zip(self.spec, self.skip):
            h = torch.nn.functional.gelu(s(h) + k(h))
        return self.down(h)[:, 0]


def in_mode(train):
    def deco(f):
        @functools.wraps(f)
        def inner(net, *a, **k):
            before = net.training
            net.train(train)
            try:
                return f(net, *a, **k)
            finally:
                net.train(before)
        return inner
    return deco


@in_mode(True)
def fit_epoch(net, opt, u, v):
    tot = 0.0
    for idx in torch.randperm(len(u)).split(50):
        opt.zero_grad()
        loss = (net(u[idx]) - v[idx]).square().mean()
        loss.backward()
        opt.step()
        tot += loss.item() * len(idx)
    return tot / len(u)


@in_mode(False)
def relative_error(net, u, v):
    errs = []
    for a, b in zip(u.split(50), v.split(50)):
        out = net(a)
        errs += ((out - b).norm(dim=1) / b.norm(dim=1)).tolist()
    return sum(errs) / len(errs)


net = FNO()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
train, test = profiles(400), profiles(100)
for epoch in range(5):
    print(f"epoch {epoch}: mse {fit_epoch(net, opt, *train):.5f} rel. error {relative_error(net, *test):.4f}")
