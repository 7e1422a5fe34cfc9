# break: Churn.forward.return
# where: model(
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
customers = torch.randn(97, 7)
left = ((customers[:, 0] - customers[:, 3]) > 0).float()


class Churn(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(7, 16)
        self.score = nn.Linear(16, 1)

    def forward(self, x):
        return self.score(F.relu(self.hidden(x))).squeeze(-1)


model = Churn()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    for x, y in DataLoader(TensorDataset(customers, left), batch_size=16, shuffle=True):
        loss = F.binary_cross_entropy_with_logits(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, round(loss.item(), 3))
