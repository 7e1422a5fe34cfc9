"""A linear support vector machine: the hinge loss and its regulariser by hand, labels of minus one and one."""
import torch

torch.manual_seed(2)
x = torch.randn(200, 4)
y = torch.where(x @ torch.tensor([1.0, -1.0, 0.5, 0.0]) > 0, 1.0, -1.0)
w = torch.nn.Parameter(torch.zeros(4))
b = torch.nn.Parameter(torch.zeros(()))
optimizer = torch.optim.SGD([w, b], lr=0.1)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + 0.05 * t))

for epoch in range(10):
    for idx in torch.randperm(160).split(20):
        margin = y[idx] * (x[idx] @ w + b)
        loss = torch.clamp(1 - margin, min=0).mean() + 1e-3 * w.dot(w)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
    with torch.no_grad():
        accuracy = ((x[160:] @ w + b).sign() == y[160:]).float().mean()
    print(epoch, round(loss.item(), 4), round(accuracy.item(), 3))
