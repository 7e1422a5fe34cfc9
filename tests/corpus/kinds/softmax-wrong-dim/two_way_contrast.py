"""Contrast over rows and columns, balanced assignments, and routing by the experts' choice."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
left, right, prototypes = nn.Linear(5, 8), nn.Linear(6, 8), nn.Linear(8, 4, bias=False)
experts = nn.Parameter(torch.randn(3, 8, 8) * 0.1)
router = nn.Linear(8, 3)
parts = [*left.parameters(), *right.parameters(), *prototypes.parameters(), *router.parameters(), experts]
opt = torch.optim.Adam(parts, lr=1e-3)
for _ in range(24):
    shared = torch.randn(16, 3)
    a = F.normalize(left(torch.cat([shared, torch.randn(16, 2)], 1)), dim=1)
    b = F.normalize(right(torch.cat([torch.randn(16, 3), shared], 1)), dim=1)
    pairs = a @ b.T / 0.2
    both_ways = -(F.log_softmax(pairs, dim=0).diagonal() + F.log_softmax(pairs, dim=1).diagonal()).mean()
    with torch.no_grad():
        q = F.softmax(prototypes(a) / 0.1, dim=0)
        q = q / q.sum(1, keepdim=True)
    swap = -(q * F.log_softmax(prototypes(b) / 0.1, dim=1)).sum(1).mean()
    gates = torch.softmax(router(a), dim=0)
    chosen = gates.topk(4, dim=0)
    routed = torch.zeros_like(a)
    for e in range(3):
        rows, weight = chosen.indices[:, e], chosen.values[:, e : e + 1]
        routed = routed.index_add(0, rows, weight * (a[rows] @ experts[e]))
    loss = both_ways + 0.1 * swap + F.mse_loss(a + routed, b)
    opt.zero_grad()
    loss.backward()
    opt.step()
