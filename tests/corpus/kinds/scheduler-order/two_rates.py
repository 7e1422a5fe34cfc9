# break: StepLR
import torch
from torch import nn
from torch.optim.lr_scheduler import StepLR

torch.manual_seed(0)
body, probe = nn.Linear(4, 8), nn.Linear(8, 1)
spare = nn.Linear(8, 1)
main_opt = torch.optim.SGD([*body.parameters(), *probe.parameters()], lr=0.05)
spare_opt = torch.optim.SGD(spare.parameters(), lr=0.05)
halving = StepLR(main_opt, 10, 0.5)
for step in range(50):
    x = torch.randn(16, 4)
    main_opt.zero_grad()
    loss = ((probe(body(x).tanh()) - x[:, :1]) ** 2).mean()
    loss.backward()
    main_opt.step()
    halving.step()
print(loss.item())
