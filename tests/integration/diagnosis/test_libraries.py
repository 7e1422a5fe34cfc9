"""Training by libraries that bring their own loop: run as they are, followed all the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

LIGHTNING = """
import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))

    def training_step(self, batch, index):
        x, y = batch
        return nn.functional.cross_entropy(self.layers(x), y)

    def validation_step(self, batch, index):
        x, y = batch
        self.log("accuracy", (self.layers(x).argmax(1) == y).float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-2)

    def SWITCHED_OFF(self, *args):
        pass


pl.seed_everything(0)
x = torch.randn(256, 8)
y = (x.sum(1) > 0).long()
quiet = dict(logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False)
trainer = pl.Trainer(max_epochs=3, accelerator="cpu", **quiet)
data = TensorDataset(x, y)
trainer.fit(Net(), DataLoader(data, batch_size=32, shuffle=True), DataLoader(data, batch_size=64))
"""

HUGGING_FACE = """
import tempfile
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments


class Rows(torch.utils.data.Dataset):
    def __init__(self, n, seed):
        self.ids = torch.randint(2, 30, (n, 10), generator=torch.Generator().manual_seed(seed))
        self.labels = (self.ids[:, 1] > 15).long()

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, i):
        ids = self.ids[i]
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": self.labels[i]}


sizes = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
model = BertForSequenceClassification(BertConfig(vocab_size=30, max_position_embeddings=16, **sizes))
with tempfile.TemporaryDirectory() as folder:
    schedule = dict(num_train_epochs=3, per_device_train_batch_size=16, learning_rate=1e-3, eval_strategy="epoch")
    rest = dict(save_strategy="no", report_to=[], use_cpu=True, disable_tqdm=True)
    arguments = TrainingArguments(folder, **schedule, **rest)
    Trainer(model=model, args=arguments, train_dataset=Rows(192, 0), eval_dataset=Rows(64, 1)).train()
"""


def diagnosed(folder: Path, source: str) -> dict:
    (folder / "train.py").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "torchdojo", "diagnose", "--json", "train.py"],
        cwd=folder,
        env={**os.environ, "TORCHDOJO_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


needs_lightning = pytest.mark.skipif(
    find_spec("pytorch_lightning") is None, reason="PyTorch Lightning is not installed: pip install pytorch-lightning"
)
needs_trainer = pytest.mark.skipif(
    find_spec("transformers") is None or find_spec("accelerate") is None,
    reason="the Hugging Face Trainer is not installed: pip install transformers accelerate",
)


@needs_lightning
def test_a_lightning_run_is_followed_and_clean(tmp_path):
    said = diagnosed(tmp_path, LIGHTNING)
    assert [finding for finding in said["findings"] if finding["severity"] == "bug"] == []
    assert said["run"]["updates"] == 24
    assert said["run"]["evaluation_passes"] == 3


@needs_lightning
def test_a_bug_in_a_lightning_module_is_found(tmp_path):
    said = diagnosed(tmp_path, LIGHTNING.replace("SWITCHED_OFF", "optimizer_zero_grad"))
    [finding] = [finding for finding in said["findings"] if finding["severity"] == "bug"]
    assert finding["kind"] == "missing-zero-grad"
    assert finding["places"][0]["file"] == "train.py"


@needs_trainer
def test_a_hugging_face_trainer_is_followed_and_clean(tmp_path):
    said = diagnosed(tmp_path, HUGGING_FACE)
    assert [finding for finding in said["findings"] if finding["severity"] == "bug"] == []
    assert said["run"]["updates"] == 36
    assert said["run"]["evaluation_passes"] == 3
