"""Forward and backward hooks that collect statistics while an ordinary loop trains."""
from collections import defaultdict

import torch
from torch import nn

torch.manual_seed(49)
stats = defaultdict(list)


def watch(model):
    handles = []
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            handles.append(module.register_forward_hook(
                lambda m, inputs, output, name=name: stats[name + ".act"].append(output.detach().std().item())
            ))
            handles.append(module.register_full_backward_hook(
                lambda m, gi, go, name=name: stats[name + ".grad"].append(go[0].norm().item())
            ))
    return handles


x = torch.randn(240, 5)
y = x.abs().sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
handles = watch(model)
optimizer = torch.optim.Adamax(model.parameters(), lr=1e-2)
for epoch in range(5):
    for rows in torch.utils.data.DataLoader(torch.arange(240), batch_size=40, shuffle=True):
        optimizer.zero_grad(set_to_none=False)
        loss = torch.nn.functional.smooth_l1_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
for handle in handles:
    handle.remove()
for name, values in sorted(stats.items()):
    print(f"{name}: {sum(values) / len(values):.4f}")
with torch.no_grad():
    print("final", torch.nn.functional.l1_loss(model(x), y).item())
