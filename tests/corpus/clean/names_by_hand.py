"""Names letter by letter from plain tensors: batch norm, SGD and Adam by hand."""
import torch
import torch.nn.functional as F

g = torch.Generator().manual_seed(2147483647)
words = ["emma", "olivia", "ava", "isabella", "sophia", "mia", "amelia", "harper", "evelyn", "abigail", "ella", "luna"] * 6
chars = ["."] + sorted(set("".join(words)))
stoi = {c: i for i, c in enumerate(chars)}
X, Y = [], []
for w in words:
    ctx = [0] * 3
    for ch in w + ".":
        X.append(ctx)
        Y.append(stoi[ch])
        ctx = ctx[1:] + [stoi[ch]]
X, Y = torch.tensor(X), torch.tensor(Y)
V = len(chars)
C = torch.randn((V, 6), generator=g)
W1 = torch.randn((18, 50), generator=g) * (5 / 3) / 18 ** 0.5
bngain, bnbias = torch.ones((1, 50)), torch.zeros((1, 50))
W2 = torch.randn((50, V), generator=g) * 0.01
b2 = torch.randn(V, generator=g) * 0
bnmean, bnstd = torch.zeros((1, 50)), torch.ones((1, 50))
parameters = [C, W1, bngain, bnbias, W2, b2]
for p in parameters:
    p.requires_grad = True


def model(x, train):
    global bnmean, bnstd
    h = C[x].view(x.shape[0], -1) @ W1
    if train:
        m, s = h.mean(0, keepdim=True), h.std(0, keepdim=True)
        with torch.no_grad():
            bnmean = 0.9 * bnmean + 0.1 * m
            bnstd = 0.9 * bnstd + 0.1 * s
    else:
        m, s = bnmean, bnstd
    h = torch.tanh(bngain * (h - m) / (s + 1e-5) + bnbias)
    return h @ W2 + b2


# phase 1: plain SGD
for i in range(200):
    ix = torch.randint(0, X.shape[0], (32,), generator=g)
    loss = F.cross_entropy(model(X[ix], True), Y[ix])
    for p in parameters:
        p.grad = None
    loss.backward()
    lr = 0.1 if i < 150 else 0.05
    for p in parameters:
        p.data += -lr * p.grad
print("sgd", loss.item())


class Adam:
    def __init__(self, ps, lr=1e-2, betas=(0.9, 0.99)):
        self.ps, self.lr, self.b, self.t = ps, lr, betas, 0
        self.m = [torch.zeros_like(p) for p in ps]
        self.v = [torch.zeros_like(p) for p in ps]

    @torch.no_grad()
    def step(self):
        self.t += 1
        for p, m, v in zip(self.ps, self.m, self.v):
            m.mul_(self.b[0]).add_(p.grad, alpha=1 - self.b[0])
            v.mul_(self.b[1]).addcmul_(p.grad, p.grad, value=1 - self.b[1])
            p -= self.lr * (m / (1 - self.b[0] ** self.t)) / ((v / (1 - self.b[1] ** self.t)).sqrt() + 1e-8)

    def zero_grad(self):
        for p in self.ps:
            p.grad.zero_()


opt = Adam(parameters)
for i in range(100):
    opt.zero_grad()
    ix = torch.randint(0, X.shape[0], (32,), generator=g)
    loss = F.cross_entropy(model(X[ix], True), Y[ix])
    loss.backward()
    opt.step()
with torch.no_grad():
    print("adam", loss.item(), F.cross_entropy(model(X, False), Y).item())
