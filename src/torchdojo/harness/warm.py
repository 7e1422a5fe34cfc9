"""What a candidate's process needs in memory before it is forked: everything first use would import or build."""

from __future__ import annotations

import torch

# A pool of threads that exists at the fork hangs every child on its first parallel operation.
torch.set_num_threads(1)

import torch._dynamo  # noqa: E402  the first optimizer step would import it otherwise, at 1.4 s

import torchdojo.harness.accelerator  # noqa: E402
import torchdojo.harness.script  # noqa: E402
import torchdojo.harness.serving  # noqa: E402, F401


def warm() -> None:
    """Pay the first-use costs of an ordinary training script."""
    model = torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(8, 3)
    )
    data = torch.utils.data.TensorDataset(torch.zeros(8, 4), torch.zeros(8, dtype=torch.long))
    optimizer = torch.optim.Adam(model.parameters())
    for x, y in torch.utils.data.DataLoader(data, batch_size=4, shuffle=True):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    str(torch.zeros(2))
