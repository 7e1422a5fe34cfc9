# break: Stripes.forward.images
# where: images.reshape(
import torch
from torch import nn

torch.manual_seed(1)


class Stripes(nn.Module):
    """Tells horizontal from vertical stripes in RGB pictures that come channels last."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.classify = nn.Linear(24, 2)

    def forward(self, images):
        images = images.permute(0, 3, 1, 2)
        return self.classify(self.features(images))


def batch(n):
    wave = torch.sin(torch.arange(8.0) * 1.6)
    kind = torch.randint(0, 2, (n,))
    across = wave[None, :, None, None].expand(n, 8, 8, 3)
    down = wave[None, None, :, None].expand(n, 8, 8, 3)
    return torch.where(kind[:, None, None, None] == 0, across, down) + 0.5 * torch.randn(n, 8, 8, 3), kind


net = Stripes()
sgd = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
for step in range(40):
    pictures, kinds = batch(32)
    sgd.zero_grad()
    loss = nn.functional.cross_entropy(net(pictures), kinds)
    loss.backward()
    sgd.step()
print(loss.item())
