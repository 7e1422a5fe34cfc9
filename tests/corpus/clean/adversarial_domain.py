"""Domain-adversarial training: gradient reversal as an autograd Function, ramped up over training."""
import math

import torch
from torch import nn


class ReverseLayerF(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, alpha):
        ctx.alpha = alpha
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.neg() * ctx.alpha, None


class DANN(nn.Module):
    def __init__(self):
        super().__init__()
        self.feature = nn.Sequential(nn.Linear(6, 32), nn.ReLU(True))
        self.class_classifier = nn.Sequential(nn.Linear(32, 16), nn.ReLU(True), nn.Linear(16, 2), nn.LogSoftmax(dim=1))
        self.domain_classifier = nn.Sequential(nn.Linear(32, 16), nn.ReLU(True), nn.Linear(16, 2), nn.LogSoftmax(dim=1))

    def forward(self, x, alpha):
        feature = self.feature(x)
        return self.class_classifier(feature), self.domain_classifier(ReverseLayerF.apply(feature, alpha))


torch.manual_seed(1)
source = torch.randn(256, 6)
source_y = (source[:, 0] + source[:, 1] > 0).long()
target = torch.randn(256, 6)
target_y = (target[:, 0] + target[:, 1] > 0).long()
target = target + torch.tensor([0, 0, 2.0, 2.0, 0, 0])

model = DANN()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
criterion = nn.NLLLoss()
epochs, batches = 4, 8
for epoch in range(epochs):
    s_order, t_order = torch.randperm(256), torch.randperm(256)
    for i in range(batches):
        p = (i + epoch * batches) / (epochs * batches)
        alpha = 2.0 / (1.0 + math.exp(-10 * p)) - 1
        s, t = s_order[i * 32 : (i + 1) * 32], t_order[i * 32 : (i + 1) * 32]
        model.zero_grad()
        label_out, domain_out = model(source[s], alpha)
        err_s_label = criterion(label_out, source_y[s])
        err_s_domain = criterion(domain_out, torch.zeros(32).long())
        _, domain_out = model(target[t], alpha)
        err_t_domain = criterion(domain_out, torch.ones(32).long())
        err = err_s_label + err_s_domain + err_t_domain
        err.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = (model(target, 0.0)[0].argmax(1) == target_y).float().mean().item()
    model.train()
    print(f"epoch {epoch} label {err_s_label.item():.3f} target accuracy {acc:.3f}")
