import io

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(90, 3)
y = x.sum(1, keepdim=True)
model, shadow = nn.Linear(3, 1), nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
lowest, file = float("inf"), None
for epoch in range(10):
    for rows in torch.randperm(60).split(15):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
    # The second model gets what the first one has now.
    shadow.load_state_dict(model.state_dict())
    with torch.no_grad():
        error = nn.functional.mse_loss(shadow(x[60:]), y[60:]).item()
    if error < lowest:
        lowest, file = error, io.BytesIO()
        torch.save({"model": model.state_dict(), "epoch": epoch}, file)
file.seek(0)
model.load_state_dict(torch.load(file)["model"])
changed = model.state_dict()
changed.update({name: value * 1.0 for name, value in changed.items() if name == "bias"})
model.load_state_dict(changed)
