# break: Probe.train
import io

import torch
import torch.nn as nn
import torch.nn.functional as F


def conv_block(a, b):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2))


class Probe(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.features = features
        for p in self.features.parameters():
            p.requires_grad = False
        self.linear = nn.Linear(8, 2)

    def train(self, mode=True):
        super().train(mode)
        self.features.eval()
        return self

    def forward(self, image):
        return self.linear(self.features(image).mean((2, 3)))


def pretrained():
    features = nn.Sequential(conv_block(1, 4), conv_block(4, 8))
    for norm in (features[0][1], features[1][1]):
        norm.running_mean.normal_()
        norm.num_batches_tracked += 100
    stored = io.BytesIO()
    torch.save(features.state_dict(), stored)
    stored.seek(0)
    features.load_state_dict(torch.load(stored))
    return features


torch.manual_seed(0)
images = torch.randn(160, 1, 8, 8) + 1
labels = (images[:, 0, :4].mean((1, 2)) > 1).long()
model = Probe(pretrained())
optimizer = torch.optim.SGD(model.linear.parameters(), lr=0.1)
for epoch in range(3):
    model.train()
    for pick in torch.randperm(160).split(32):
        loss = F.cross_entropy(model(images[pick]), labels[pick])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
