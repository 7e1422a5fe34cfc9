# where: z = enc(x[i])
"""The features are made into a new tensor, which happens to lie where the old one lay."""
import torch, torch.nn as nn
torch.manual_seed(0)
enc = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8)); head = nn.Linear(8, 2)
opt = torch.optim.Adam([*enc.parameters(), *head.parameters()], 5e-3)
x = torch.randn(400, 8); y = (x[:, 0] * x[:, 1] > 0).long()
for ep in range(5):
    for i in torch.randperm(400).split(40):
        z = enc(x[i])
        z = torch.tensor(z.tolist())
        loss = nn.functional.cross_entropy(head(z), y[i])
        opt.zero_grad(); loss.backward()
        opt.step()
    print(ep, loss.item())
