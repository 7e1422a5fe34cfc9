# break: poisson_nll_loss
# where: poisson_nll_loss(
import torch
from torch.nn.functional import poisson_nll_loss

torch.manual_seed(0)
hours = torch.rand(120, 2)
counts = torch.poisson((hours @ torch.tensor([1.0, 2.0])).exp())
w = torch.zeros(2, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.02)
for _ in range(30):
    loss = poisson_nll_loss(hours @ w, counts)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(w.tolist())
