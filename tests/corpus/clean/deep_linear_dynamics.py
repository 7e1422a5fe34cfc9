"""Learning dynamics of deep linear networks: singular values appear one after another. No activations on purpose."""
import torch
from torch import nn

torch.manual_seed(9)
n_in, n_out, n_hidden = 8, 6, 10
u, _ = torch.linalg.qr(torch.randn(n_out, n_out))
v, _ = torch.linalg.qr(torch.randn(n_in, n_in))
s = torch.diag(torch.tensor([4.0, 2.0, 1.0, 0.5, 0.0, 0.0]))
teacher = u @ s @ v[:n_out]

net = nn.Sequential(*[nn.Linear(a, b, bias=False) for a, b in [(n_in, n_hidden), (n_hidden, n_hidden), (n_hidden, n_out)]])
with torch.no_grad():
    for layer in net:
        layer.weight.mul_(0.3)

optimizer = torch.optim.SGD(net.parameters(), lr=0.02)
history = []
for step in range(200):
    x = torch.randn(64, n_in)
    y = x @ teacher.T
    loss = 0.5 * (net(x) - y).pow(2).sum(dim=1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 25 == 0:
        with torch.no_grad():
            product = net[2].weight @ net[1].weight @ net[0].weight
            history.append(torch.linalg.svdvals(product)[:4].tolist())

for row in history:
    print(" ".join(f"{value:.2f}" for value in row))
