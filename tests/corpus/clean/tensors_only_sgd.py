"""Two layers from bare tensors: manual forward, manual minibatches, manual momentum, no nn.Module at all."""
import math

import torch

g = torch.Generator().manual_seed(0)
n, d, h, k = 240, 5, 20, 3
X = torch.randn(n, d, generator=g)
Y = (X[:, :3] ** 2).argmax(dim=1)

W1 = (torch.randn(d, h, generator=g) * math.sqrt(2 / d)).requires_grad_()
b1 = torch.zeros(h, requires_grad=True)
W2 = (torch.randn(h, k, generator=g) * math.sqrt(2 / h)).requires_grad_()
b2 = torch.zeros(k, requires_grad=True)
params = [W1, b1, W2, b2]
velocity = [torch.zeros_like(p) for p in params]


def forward(x):
    return torch.relu(x @ W1 + b1) @ W2 + b2


def nll(logits, y):
    logp = logits - logits.logsumexp(dim=1, keepdim=True)
    return -logp[torch.arange(len(y)), y].mean()


lr, mu, batch = 0.05, 0.9, 24
for epoch in range(8):
    perm = torch.randperm(n, generator=g)
    total = 0.0
    for start in range(0, n, batch):
        rows = perm[start : start + batch]
        loss = nll(forward(X[rows]), Y[rows])
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p, v in zip(params, velocity):
                v.mul_(mu).add_(p.grad)
                p -= lr * v
        total += loss.item() * len(rows)
    with torch.no_grad():
        accuracy = (forward(X).argmax(1) == Y).float().mean().item()
    print(f"{epoch}: {total / n:.3f} {accuracy:.3f}")
