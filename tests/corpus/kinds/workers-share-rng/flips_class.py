# break: Flips.__call__.random
# where: for images, labels in self.loader
import random

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Flips:
    def __init__(self, chance=0.5):
        self.chance = chance

    def __call__(self, image):
        if random.random() < self.chance:
            image = image.flip(-1)
        return image * random.uniform(0.9, 1.1)


class Pictures(Dataset):
    def __init__(self, count, transform):
        self.labels = torch.arange(count) % 2
        self.images = torch.rand(count, 1, 6, 6) + self.labels.view(-1, 1, 1, 1)
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(self.images[index]), self.labels[index]


class Trainer:
    def __init__(self, dataset):
        self.loader = DataLoader(dataset, batch_size=12, shuffle=True, num_workers=2)
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(36, 2))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05)

    def run(self, epochs):
        for epoch in range(epochs):
            for images, labels in self.loader:
                self.optimizer.zero_grad()
                loss = F.cross_entropy(self.model(images), labels)
                loss.backward()
                self.optimizer.step()
            print(epoch, loss.item())


torch.manual_seed(1)
Trainer(Pictures(48, Flips())).run(2)
