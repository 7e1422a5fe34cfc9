# break: log_softmax
# break: softmax
# where: dim=0
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(4)
centres = torch.tensor([[3.0, 0, 1, 0], [0, 3.0, 0, 1], [-2.0, -2, 0, 0]])
species = torch.randint(0, 3, (210,))
bills = centres[species] + torch.randn(210, 4)
model = nn.Sequential(nn.Linear(4, 12), nn.Tanh(), nn.Linear(12, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(180).split(30):
        optimizer.zero_grad()
        log_p = F.log_softmax(model(bills[rows]), dim=1)
        F.nll_loss(log_p, species[rows]).backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    scores = model(bills[180:])
    p = scores.softmax(dim=1)
    print(F.cross_entropy(scores, species[180:]).item())
print((p.argmax(1) == species[180:]).float().mean().item())
