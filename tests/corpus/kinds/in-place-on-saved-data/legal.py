import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(inplace=True), nn.Linear(8, 1))
slow = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
slow.load_state_dict(net.state_dict())
opts = {p: torch.optim.SGD([p], lr=0.02) for p in net.parameters()}


def update(p):
    opts[p].step()
    opts[p].zero_grad()


for p in net.parameters():
    p.register_post_accumulate_grad_hook(update)
for _ in range(30):
    x = torch.randn(16, 4)
    x.data.clamp_(-2, 2)
    ((net(x) - x.sum(1, keepdim=True)) ** 2).mean().backward()
    for a, b in zip(slow.parameters(), net.parameters()):
        a.data.mul_(0.9).add_(b.data, alpha=0.1)

critic = torch.nn.utils.parametrizations.spectral_norm(nn.Linear(4, 1))
opt = torch.optim.RMSprop(critic.parameters(), lr=1e-3)
for _ in range(30):
    x = torch.randn(16, 4)
    opt.zero_grad()
    nn.functional.mse_loss(critic(x), x[:, :1]).backward()
    opt.step()
    for p in critic.parameters():
        p.data.clamp_(-1, 1)

store = nn.Linear(4, 1)
opt = torch.optim.SGD(store.parameters(), lr=0.02)
for _ in range(20):
    x = torch.randn(16, 4)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.half(), lambda t: t.float()):
        loss = nn.functional.mse_loss(store(x), x[:, :1])
    opt.zero_grad()
    loss.backward()
    opt.step()
