# break: bonus.log
# where: .log()
import torch
import torch.nn.functional as F

torch.manual_seed(1)
weights = torch.zeros(4, 5, requires_grad=True)
TINY = 1e-6


def bonus(logits, legal):
    p = F.softmax(logits.masked_fill(~legal, float("-inf")), dim=-1)
    return -(p * p.clamp(min=TINY).log()).sum(-1).mean()


for step in range(30):
    states = torch.randn(16, 4)
    legal = torch.rand(16, 5) < 0.7
    legal[:, 0] = True
    logits = states @ weights
    value = (logits.tanh() - states[:, :1]).pow(2).mean()
    loss = value - 0.01 * bonus(logits, legal)
    (gradient,) = torch.autograd.grad(loss, [weights])
    with torch.no_grad():
        weights -= 0.2 * gradient
