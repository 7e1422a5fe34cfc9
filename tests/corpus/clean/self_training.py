"""Semi-supervised: pseudo-labels from confident predictions of the model itself, recomputed every round."""
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(51)
x = torch.randn(360, 4)
y = (x[:, 0] + x[:, 1] > 0).long()
labelled, unlabelled, held = slice(0, 40), slice(40, 300), slice(300, 360)
model = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Dropout(0.2), nn.Linear(24, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)


def fit(inputs, targets, epochs):
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(inputs))
        for idx in order.split(20):
            loss = F.cross_entropy(model(inputs[idx]), targets[idx])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return loss.item()


@torch.no_grad()
def predict(inputs):
    model.eval()
    return F.softmax(model(inputs), dim=1)


fit(x[labelled], y[labelled], 10)
for round_number in range(3):
    confidence, guess = predict(x[unlabelled]).max(dim=1)
    sure = confidence > 0.85
    inputs = torch.cat([x[labelled], x[unlabelled][sure]])
    targets = torch.cat([y[labelled], guess[sure]])
    loss = fit(inputs, targets, 4)
    accuracy = (predict(x[held]).argmax(1) == y[held]).float().mean().item()
    print(f"round {round_number}: {int(sure.sum())} pseudo-labels, loss {loss:.3f}, accuracy {accuracy:.3f}")
