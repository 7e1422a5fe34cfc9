"""Ordinal regression (CORAL): one shared slope, K-1 biases, levels as targets."""
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import TensorDataset, DataLoader

K = 5
torch.manual_seed(44)


def label_to_levels(labels, num_classes):
    return torch.stack([(torch.arange(num_classes - 1) < label).float() for label in labels])


class CoralLayer(nn.Module):
    def __init__(self, size_in, num_classes):
        super().__init__()
        self.size_in = size_in
        self.coral_weights = nn.Linear(size_in, 1, bias=False)
        self.coral_bias = nn.Parameter(torch.arange(num_classes - 1, 0, -1).float() / (num_classes - 1))

    def forward(self, x):
        return self.coral_weights(x) + self.coral_bias


def coral_loss(logits, levels):
    term = F.logsigmoid(logits) * levels + (F.logsigmoid(logits) - logits) * (1 - levels)
    return -term.sum(dim=1).mean()


def proba_to_label(probas):
    return (probas > 0.5).sum(dim=1)


def mae_and_acc(model, loader):
    mae = acc = n = 0
    for features, targets in loader:
        predicted = proba_to_label(torch.sigmoid(model(features)))
        n += targets.size(0)
        mae += (predicted - targets).abs().sum().item()
        acc += (predicted == targets).sum().item()
    return mae / n, acc / n


X = torch.randn(360, 7)
score = X @ torch.randn(7) + 0.3 * torch.randn(360)
edges = torch.quantile(score, torch.tensor([0.2, 0.4, 0.6, 0.8]))
y = torch.bucketize(score, edges)
train_loader = DataLoader(TensorDataset(X[:280], y[:280]), batch_size=40, shuffle=True)
test_loader = DataLoader(TensorDataset(X[280:], y[280:]), batch_size=80)

model = nn.Sequential(nn.Linear(7, 24), nn.ReLU(), CoralLayer(24, K))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(5):
    model = model.train()
    for features, class_labels in train_loader:
        levels = label_to_levels(class_labels, K)
        loss = coral_loss(model(features), levels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model = model.eval()
    with torch.set_grad_enabled(False):
        print("Epoch %d loss %.3f MAE %.2f acc %.2f" % (epoch, loss, *mae_and_acc(model, test_loader)))
