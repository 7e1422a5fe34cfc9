"""A stateful GRU keeps its state between batches, and weights are updated by hand."""
# where: loss.backward(retain_graph=True)
import torch
from torch import nn
torch.manual_seed(0)
data = torch.randint(0, 8, (16, 401)); data[:, 1::2] = (data[:, ::2][:, :200] + 3) % 8
class Stateful(nn.Module):
    def __init__(self): super().__init__(); self.e, self.c, self.o = nn.Embedding(8, 16), nn.GRU(16, 32, batch_first=True), nn.Linear(32, 8); self.state = None
    def forward(self, x):
        h, self.state = self.c(self.e(x), self.state)
        return self.o(h)
net = Stateful(); opt = torch.optim.SGD(net.parameters(), 0.1)
for epoch in range(2):
    net.state = None; queue = 0
    for t in range(0, 400, 20):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(data[:, t:t + 20]).flatten(0, 1), data[:, t + 1:t + 21].flatten())
        loss.backward(retain_graph=True)
        with torch.no_grad():
            for p in net.parameters(): p.data = p.data - 0.1 * p.grad
    print(epoch, loss.item())
