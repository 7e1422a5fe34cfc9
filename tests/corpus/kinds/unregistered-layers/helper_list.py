import torch
from torch import nn


class Pyramid(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.conv3 = nn.Conv2d(4, 4, 3, padding=1)
        self.classifier = nn.Linear(12, 2)
        # Walked in order; all of them are attributes already.
        self.stages = [self.conv1, self.conv2, self.conv3]

    def forward(self, image):
        levels = []
        for stage in self.stages:
            image = torch.relu(stage(image))
            levels.append(image.mean(dim=(2, 3)))
        return self.classifier(torch.cat(levels, dim=1))


torch.manual_seed(0)
images = torch.randn(96, 1, 8, 8)
bright = (images.mean(dim=(1, 2, 3)) > 0).long()
model = Pyramid()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(25):
    pick = torch.randint(0, 96, (32,))
    loss = nn.functional.cross_entropy(model(images[pick]), bright[pick])
    opt.zero_grad()
    loss.backward()
    opt.step()
