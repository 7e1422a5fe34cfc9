# break: StripeNet.out
# break: StripeNet.conv
import torch
import torch.nn.functional as F
from torch import nn, optim


class StripeNet(nn.Module):
    def __init__(self, channels=6):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, 3)
        self.norm = nn.BatchNorm2d(channels)
        self.out = nn.Linear(channels * 9, 2)

    def forward(self, image):
        h = F.relu(self.norm(self.conv(image)))
        h = nn.MaxPool2d(2)(h)
        return self.out(h.flatten(1))


def stripes(count):
    across = torch.arange(8).remainder(2).float().expand(8, 8)
    kind = torch.randint(0, 2, (count,))
    image = torch.where(kind[:, None, None].bool(), across, across.T)
    return (image + torch.randn(count, 8, 8)).unsqueeze(1), kind


torch.manual_seed(11)
images, kinds = stripes(384)
model = StripeNet()
optimizer = optim.SGD(model.parameters(), lr=0.05)
model.train()
for step in range(60):
    rows = torch.randint(0, 320, (32,))
    optimizer.zero_grad()
    loss = F.cross_entropy(model(images[rows]), kinds[rows])
    loss.backward()
    optimizer.step()
model.eval()
with torch.no_grad():
    scores = model(images[320:])
    print(f"loss {F.cross_entropy(scores, kinds[320:]):.3f}")
