"""A diagnosed script computes, to the last bit, what it computes alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.warm_python import WarmPython

CORPUS = Path(__file__).parents[2] / "corpus" / "clean"

#: Every printed number is shown with all its bits.
EXACT = """
import builtins as _builtins
_print = _builtins.print
def _exact(*values, **options):
    _print(*[v.hex() if isinstance(v, float) else v for v in values], **options)
_builtins.print = _exact
"""

WORKERS = (
    EXACT
    + """
import random
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

random.seed(1); np.random.seed(1); torch.manual_seed(1)

class Noisy(Dataset):
    def __len__(self):
        return 96

    def __getitem__(self, i):
        x = np.full(6, i / 96, dtype=np.float32) + np.random.normal(size=6).astype(np.float32) + random.random()
        return torch.from_numpy(x) + torch.rand(6), torch.tensor([i / 96])

def seed(worker):
    np.random.seed(torch.initial_seed() % 2**32)
    random.seed(torch.initial_seed())

loader = DataLoader(Noisy(), batch_size=12, shuffle=True, num_workers=2, worker_init_fn=seed)
net = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(3):
    net.train()
    for x, y in loader:
        loss = nn.functional.mse_loss(net(x), y)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        print(loss.item())
    net.eval()
    with torch.no_grad():
        print(sum(nn.functional.mse_loss(net(x), y).item() for x, y in loader))
print(sum(float(p.double().sum()) for p in net.parameters()))
print(random.random(), float(np.random.rand()), torch.rand(()).item())
"""
)

LONG = (
    EXACT
    + """
import numpy as np
import torch
from torch import nn

torch.manual_seed(2); np.random.seed(2)
x = torch.randn(256, 10); y = (x[:, :2].sum(1) > 0).long()
net = nn.Sequential(nn.Linear(10, 32), nn.Dropout(0.3), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for step in range(300):
    rows = np.random.randint(0, 256, 32)
    batch = x[rows] + torch.from_numpy(np.random.normal(size=(32, 10))).float() * 0.1
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(batch), y[rows])
    loss.backward()
    optimizer.step()
    print(loss.item())
    if step % 50 == 49:
        net.eval()
        with torch.no_grad():
            print(nn.functional.cross_entropy(net(x), y).item())
        net.train()
"""
)

SCRIPTS = {
    "workers": WORKERS,
    "long": LONG,
    **{
        name: EXACT + (CORPUS / f"{name}.py").read_text(encoding="utf-8")
        for name in ("gan", "mixup_augmentation", "vae", "lbfgs_closure", "masked_lm", "dqn")
    },
}


#: Each of these has a sort of randomness, or of steps, that the others lack.
OFTEN = ("workers", "long", "gan", "lbfgs_closure", "dqn")

#: Torch is imported anew for this one, and computes with two threads.
COLD = ("long",)


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.soak) for name in SCRIPTS]
)
def test_every_printed_loss_is_the_same_bit_for_bit(tmp_path: Path, name: str, warm_python: WarmPython) -> None:
    (tmp_path / "script.py").write_text(SCRIPTS[name], encoding="utf-8")
    threads = "2" if name in COLD else "1"
    environment = {**os.environ, "OMP_NUM_THREADS": threads, "TORCHDOJO_HOME": str(tmp_path.parent / "home")}
    python = sys.executable if name in COLD else warm_python.executable

    def printed(*command: str) -> list[str]:
        done = subprocess.run(
            [python, *command, "script.py"], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode in (0, 1), done.stderr
        return done.stdout.splitlines()

    plain = printed()
    assert len(plain) >= 3
    assert printed("-m", "torchdojo", "diagnose")[: len(plain)] == plain
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]
