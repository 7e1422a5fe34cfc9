# break: Digits.forward.relu#2
# break: Digits.forward.relu#4
# where: self.
import torch
import torch.nn as nn
import torch.nn.functional as F


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 8, 3, padding=1)
        self.conv3 = nn.Conv2d(8, 8, 3, padding=1, stride=2)
        self.norm = nn.BatchNorm2d(8)
        self.fc1 = nn.Linear(8 * 16, 32)
        self.fc2 = nn.Linear(32, 4)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.norm(self.conv2(x)))
        x = self.conv3(x).relu().flatten(1)
        x = F.relu(self.fc1(x))
        return self.fc2(x)


class Trainer:
    def __init__(self, network, images, labels):
        self.network = network
        self.optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
        self.loader = torch.utils.data.DataLoader(
            torch.utils.data.TensorDataset(images, labels), batch_size=32, shuffle=True
        )

    def fit(self, epochs):
        self.network.train()
        for _ in range(epochs):
            for images, labels in self.loader:
                self.optimizer.zero_grad()
                loss = F.cross_entropy(self.network(images), labels)
                loss.backward()
                self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
labels = torch.randint(0, 4, (192,))
images = 0.5 * torch.randn(192, 1, 8, 8)
for corner, (top, left) in enumerate([(0, 0), (0, 4), (4, 0), (4, 4)]):
    images[labels == corner, :, top : top + 4, left : left + 4] += 1.0
print(Trainer(Digits(), images, labels).fit(3))
