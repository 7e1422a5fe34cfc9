# style: a class, a loader, one-hot inputs in place of the embedding's lookup
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0


def visits(n_customers=1500):
    pages = torch.randint(0, 12, (n_customers, 10))
    interest = ((pages == 3) | (pages == 7)).sum(1) - 0.6 * (pages >= 10).sum(1)
    return pages, (interest + 0.3 * torch.randn(n_customers) > 0.75).long()


class ShopNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.pages = nn.EmbeddingBag(12, 16, mode="mean")
        self.layers = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, pages):
        return self.layers(self.pages(pages))


class Trainer:
    def __init__(self, net):
        self.net, self.loss_fn = net, nn.CrossEntropyLoss()
        self.optimizer = torch.optim.RMSprop(net.parameters(), lr=0.005)

    def __call__(self, batches):
        for pages, bought in batches:
            self.optimizer.zero_grad()
            self.loss_fn(self.net(pages), bought).backward()
            self.optimizer.step()


torch.manual_seed(SEED)
net = ShopNet()
trainer = Trainer(net)
batches = DataLoader(TensorDataset(*visits()), batch_size=50, shuffle=True)
for _ in range(15):
    trainer(batches)
pages, bought = visits(600)
with torch.no_grad():
    print((net(pages).argmax(1) == bought).float().mean().item())
