"""Fake quantisation straight through, and a domain head behind a reversed gradient."""
import torch
from torch import nn
from torch.autograd import Function


class FakeQuant(Function):
    @staticmethod
    def forward(ctx, x, scale, bits):
        q = 2 ** (bits - 1) - 1
        ctx.save_for_backward(x.abs() <= scale * q)
        return (x / scale).round().clamp(-q, q) * scale

    @staticmethod
    def backward(ctx, g):
        mask, = ctx.saved_tensors
        return g * mask, None, None


class GradReverse(Function):
    @staticmethod
    def forward(ctx, x, lambd):
        ctx.lambd = lambd
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return g.neg() * ctx.lambd, None


class QLinear(nn.Linear):
    def __init__(self, i, o, bits=8):
        super().__init__(i, o)
        self.bits = bits
        self.register_buffer("act_max", torch.zeros(()))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                m = x.abs().amax()
                self.act_max.copy_(m if self.act_max == 0 else 0.95 * self.act_max + 0.05 * m)
        q = 2 ** (self.bits - 1) - 1
        xq = FakeQuant.apply(x, (self.act_max / q).clamp(min=1e-8), self.bits)
        wq = FakeQuant.apply(self.weight, self.weight.detach().abs().amax() / q, self.bits)
        return nn.functional.linear(xq, wq, self.bias)


torch.manual_seed(0)
feat = nn.Sequential(QLinear(6, 32), nn.ReLU())
clf, dom = QLinear(32, 3), nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))
centre = torch.randn(3, 6) * 2
ys = torch.randint(3, (300,)); xs = centre[ys] + 0.7 * torch.randn(300, 6)
yt = torch.randint(3, (300,)); xt = centre[yt] + 0.7 * torch.randn(300, 6) + 0.8
opt = torch.optim.SGD([*feat.parameters(), *clf.parameters(), *dom.parameters()], lr=0.05, momentum=0.9)
steps = 120
for s in range(steps):
    lam = 2 / (1 + torch.exp(torch.tensor(-5 * s / steps)).item()) - 1
    i, j = torch.randint(0, 250, (32,)), torch.randint(0, 250, (32,))
    f = feat(torch.cat([xs[i], xt[j]]))
    cls_loss = nn.functional.cross_entropy(clf(f[:32]), ys[i])
    dlogit = dom(GradReverse.apply(f, 0.3 * lam)).squeeze(1)
    dlab = torch.cat([torch.zeros(32), torch.ones(32)])
    loss = cls_loss + nn.functional.binary_cross_entropy_with_logits(dlogit, dlab)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if s % 40 == 39:
        feat.eval(), clf.eval()
        with torch.no_grad():
            print(s, loss.item(), (clf(feat(xt[250:])).argmax(1) == yt[250:]).float().mean().item())
        feat.train(), clf.train()
