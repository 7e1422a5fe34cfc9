"""Linear and hidden layer by hand: tensors with requires_grad, an update under no_grad, no optimizer."""
import torch

torch.manual_seed(17)
N, D_in, H, D_out = 64, 10, 16, 2
x = torch.randn(N, D_in)
y = torch.randn(D_in, D_out)
y = x @ y

w1 = (torch.randn(D_in, H) * 0.3).requires_grad_()
b1 = torch.zeros(H, requires_grad=True)
w2 = (torch.randn(H, D_out) * 0.3).requires_grad_()
b2 = torch.zeros(D_out, requires_grad=True)
params = [w1, b1, w2, b2]
velocity = [torch.zeros_like(p) for p in params]
lr, momentum = 1e-2, 0.8


def net(inputs):
    return torch.relu(inputs @ w1 + b1) @ w2 + b2


for t in range(60):
    y_pred = net(x)
    loss = (y_pred - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        for p, v in zip(params, velocity):
            v.mul_(momentum).add_(p.grad)
            p -= lr * v
            p.grad = None
    if t % 20 == 19:
        print(t, loss.item())
