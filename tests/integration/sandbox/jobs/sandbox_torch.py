"""What training scripts do, inside the walls."""

from __future__ import annotations

import importlib
from typing import Any

import torch

torch.set_num_threads(1)

import torch._dynamo  # noqa: E402  the first optimizer step would import it


def warm() -> None:
    _train(steps=1)


def _train(steps: int, workers: int = 0) -> float:
    data = torch.utils.data.TensorDataset(torch.randn(64, 4), torch.randint(3, (64,)))
    model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.BatchNorm1d(16), torch.nn.Linear(16, 3))
    optimizer = torch.optim.AdamW(model.parameters())
    loss = torch.zeros(())
    for _ in range(steps):
        for inputs, targets in torch.utils.data.DataLoader(data, batch_size=16, shuffle=True, num_workers=workers):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
    return float(loss)


def train(context: Any) -> int:
    print(_train(steps=3) > 0)
    torch.save(torch.ones(3), context.workdir / "weights.pt")
    print(torch.load(context.workdir / "weights.pt").sum().item())
    importlib.import_module("torch.distributed.checkpoint")
    return 0


def train_with_workers(context: Any) -> int:
    print(_train(steps=1, workers=2) > 0)
    return 0


def more_threads(context: Any) -> int:
    torch.set_num_threads(2)
    print((torch.ones(600, 600) @ torch.ones(600, 600))[0, 0].item())
    return 0


def hoard(context: Any) -> int:
    tensors = []
    try:
        while True:
            tensors.append(torch.ones(4 * 1024 * 1024))
    except RuntimeError as error:
        print(len(tensors) * 16, "memory" in str(error))
    return 0


def process_group(context: Any) -> int:
    torch.distributed.init_process_group("gloo", init_method="tcp://127.0.0.1:29501", rank=0, world_size=1)
    tensor = torch.ones(2)
    torch.distributed.all_reduce(tensor)
    print(tensor.tolist())
    return 0
