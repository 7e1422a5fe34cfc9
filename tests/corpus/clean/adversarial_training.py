"""Adversarial training by FGSM: gradients with respect to the inputs, then an ordinary step on the attacked batch."""
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(41)
x = torch.randn(320, 10)
y = (x[:, :5].sum(1) > x[:, 5:].sum(1)).long()
train = DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True)
test = DataLoader(TensorDataset(x[256:], y[256:]), batch_size=64)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)


def fgsm(inputs, labels, epsilon=0.1):
    inputs = inputs.clone().requires_grad_(True)
    loss = F.cross_entropy(model(inputs), labels)
    (gradient,) = torch.autograd.grad(loss, inputs)
    return (inputs + epsilon * gradient.sign()).detach()


for epoch in range(4):
    model.train()
    for inputs, labels in train:
        attacked = fgsm(inputs, labels)
        optimizer.zero_grad()
        loss = 0.5 * F.cross_entropy(model(inputs), labels) + 0.5 * F.cross_entropy(model(attacked), labels)
        loss.backward()
        optimizer.step()

    model.eval()
    clean = robust = 0
    for inputs, labels in test:
        attacked = fgsm(inputs, labels)
        with torch.no_grad():
            clean += (model(inputs).argmax(1) == labels).sum().item()
            robust += (model(attacked).argmax(1) == labels).sum().item()
    print(f"{epoch}: loss {loss.item():.3f} clean {clean / 64:.3f} robust {robust / 64:.3f}")
