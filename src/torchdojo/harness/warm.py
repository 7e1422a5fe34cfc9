"""What a candidate's process needs in memory before it is forked."""

from __future__ import annotations

import torch

torch.set_num_threads(1)

import torch._dynamo  # noqa: E402
import numpy  # noqa: E402, F401
import torchdojo.harness.accelerator  # noqa: E402, F401
import torchdojo.harness.script  # noqa: E402


def warm() -> None:
    layer = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Dropout(0.1), torch.nn.ReLU())
    loss = torch.nn.functional.cross_entropy(layer(torch.zeros(2, 4)), torch.zeros(2, dtype=torch.long))
    optimizer = torch.optim.Adam(layer.parameters())
    loss.backward()
    optimizer.step()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.zeros(4, 1)), batch_size=2, shuffle=True)
    for _ in loader:
        pass
