# break: log_softmax
# where: F.nll_loss(
import torch
import torch.nn.functional as F

torch.manual_seed(5)
text = torch.tensor([ord(c) % 27 for c in "the quick brown fox jumps over the lazy dog " * 12])
table = torch.randn(27, 8).mul_(0.3).requires_grad_()
weight = torch.randn(27, 16).mul_(0.2).requires_grad_()
bias = torch.zeros(27, requires_grad=True)
leaves = [table, weight, bias]

for step in range(60):
    starts = torch.randint(0, len(text) - 3, (32,))
    context = torch.stack([text[starts], text[starts + 1]], dim=1)
    hidden = torch.tanh(table[context].flatten(1))
    loss = F.nll_loss(torch.log_softmax(hidden @ weight.T + bias, dim=-1), text[starts + 2])
    gradients = torch.autograd.grad(loss, leaves)
    with torch.no_grad():
        for leaf, gradient in zip(leaves, gradients):
            leaf -= 0.5 * gradient
print(loss.item())
