import torch
from torch import nn

torch.manual_seed(0)


class Basket(nn.Module):
    """A basket has no order."""

    def __init__(self):
        super().__init__()
        self.goods = nn.Embedding(30, 16)
        self.compare = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.price = nn.Linear(16, 1)

    def forward(self, goods):
        return self.price(self.compare(self.goods(goods)).mean(1))


goods = torch.randint(0, 30, (160, 8))
prices = goods.float().mean(1, keepdim=True) / 30
model = Basket()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for rows in torch.randperm(160).split(16):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(goods[rows]), prices[rows]).backward()
        optimizer.step()
