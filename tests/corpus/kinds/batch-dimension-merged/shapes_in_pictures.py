# break: Encoder.forward.h
# break: Classifier.__init__.head
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, stride=2)
        self.project = nn.Linear(36, 12)

    def forward(self, image):
        h = torch.relu(self.conv(image))
        h = h.reshape(len(h), -1)
        return torch.relu(self.project(h)).view(-1, 3, 4)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))

    def forward(self, image):
        return self.head(self.encoder(image))


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def epoch(self, images, labels):
        self.model.train()
        for rows in torch.randperm(len(images)).split(20):
            self.optimizer.zero_grad()
            loss = nn.functional.cross_entropy(self.model(images[rows]), labels[rows])
            loss.backward()
            self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
images = torch.randn(160, 1, 8, 8)
labels = (images[:, 0, :4].mean((1, 2)) > 0).long()
trainer = Trainer(Classifier())
print([round(trainer.epoch(images, labels), 3) for _ in range(4)])
