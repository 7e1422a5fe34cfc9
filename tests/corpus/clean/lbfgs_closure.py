"""Logistic regression by LBFGS: the whole data in every closure, a strong Wolfe line search."""
import torch
from torch import nn

torch.manual_seed(16)
x = torch.randn(200, 5)
true_w = torch.tensor([1.5, -2.0, 0.0, 0.7, 0.3])
y = torch.bernoulli(torch.sigmoid(x @ true_w)).unsqueeze(1)
model = nn.Linear(5, 1)
loss_fn = nn.BCEWithLogitsLoss()
optimizer = torch.optim.LBFGS(model.parameters(), lr=1.0, max_iter=6, history_size=5, line_search_fn="strong_wolfe")
evaluations = 0


def closure():
    global evaluations
    evaluations += 1
    optimizer.zero_grad()
    loss = loss_fn(model(x), y) + 1e-3 * model.weight.square().sum()
    loss.backward()
    return loss


for outer in range(8):
    value = optimizer.step(closure)
    print(f"outer {outer}: {value.item():.5f} after {evaluations} evaluations")
print(model.weight.data.round(decimals=2).tolist())
