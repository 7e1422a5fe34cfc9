# where: state["optimizer"].step()
"""An engine with events: the handlers do the work."""
import torch
from torch import nn

handlers = {}


def on(event):
    def register(f):
        handlers.setdefault(event, []).append(f)
        return f

    return register


def fire(event, state):
    for handler in handlers.get(event, []):
        handler(state)


@on("batch")
def forward(state):
    x, y = state["batch"]
    state["loss"] = nn.functional.mse_loss(state["model"](x), y)


@on("batch")
def backward(state):
    state["loss"].backward()


@on("update")
def update(state):
    state["optimizer"].step()


@on("epoch_end")
def report(state):
    print(state["epoch"], round(state["loss"].item(), 3))


torch.manual_seed(0)
x = torch.randn(120, 4)
y = x.sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
state = {"model": model, "optimizer": torch.optim.SGD(model.parameters(), lr=1e-3)}
for epoch in range(5):
    state["epoch"] = epoch
    for rows in torch.randperm(120).split(20):
        state["batch"] = x[rows], y[rows]
        fire("batch", state)
        fire("update", state)
    fire("epoch_end", state)
