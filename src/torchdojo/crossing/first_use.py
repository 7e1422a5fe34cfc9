"""What torch does at the first use of an operation, done before a process is forked.

It imports modules, looks up kernels and compiles some. Children would do it again, each in its grading.
"""

from __future__ import annotations

import copy
import io
import warnings
from collections.abc import Callable
from typing import Any

import torch
import torch.utils.checkpoint
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


def use_everything_once() -> None:
    """Use what exercises are made of. Leaves nothing behind but warmth; the random state is as before."""
    use_computations_once()
    use_training_once()


def use_computations_once() -> None:
    """The part of it that layers, losses and tensors are made of: a tenth of a second."""
    _use(_layers, _losses, _tensors, _saving)


def use_training_once() -> None:
    """The part with optimizers and transforms, for which torch imports its compiler: more than a second."""
    _use(_training, _transforms)


def _use(*parts: Callable[[], None]) -> None:
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")
        for use in parts:
            use()


def _layers() -> None:
    image, rows, words = torch.randn(2, 3, 8, 8), torch.randn(2, 4, 8), torch.zeros(2, 4, dtype=torch.long)
    convolutions = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.ConvTranspose2d(4, 3, 2, stride=2),
    )
    pooled = F.adaptive_avg_pool2d(F.interpolate(convolutions(image), scale_factor=2), 1)
    attended = F.scaled_dot_product_attention(rows, rows, rows, is_causal=True)
    mixed = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 8), nn.GELU(), nn.Dropout(0.1), nn.Linear(8, 8), nn.SiLU())
    recurrent, _ = nn.LSTM(8, 8, batch_first=True)(mixed(attended + nn.Embedding(5, 8)(words)))
    loss = pooled.sum() + recurrent.sum() + nn.LSTMCell(8, 8)(rows[0])[0].sum()
    _backward(loss)


def _losses() -> None:
    logits, classes = torch.randn(4, 3, requires_grad=True), torch.tensor([0, 1, 2, 1])
    likely, wanted = logits.log_softmax(-1), F.one_hot(classes, 3).float()
    losses = [
        F.cross_entropy(logits, classes),
        F.cross_entropy(logits, classes, label_smoothing=0.1),
        F.nll_loss(likely, classes),
        F.kl_div(likely, wanted, reduction="batchmean"),
        F.binary_cross_entropy_with_logits(logits, wanted),
        F.mse_loss(logits, wanted),
        F.huber_loss(logits, wanted),
        F.cosine_similarity(logits, wanted).mean(),
        F.normalize(logits, dim=-1).norm(),
        torch.cdist(logits, wanted).mean(),
    ]
    _backward(torch.stack(losses).sum())


def _tensors() -> None:
    x = torch.randn(4, 4, requires_grad=True)
    for kind in (torch.float64, torch.bfloat16, torch.float16):
        y = x.to(kind)
        _backward((y @ y.t()).sum())
    y = torch.where(torch.triu(torch.ones(4, 4)).bool(), x, x.exp()).masked_fill(x > 1, 0.0)
    y = torch.cat([y.softmax(-1), torch.einsum("ij,kj->ik", y, y), y.cumsum(0).sort()[0], y.topk(4)[0]])
    y = torch.bmm(y[None], y.t()[None]).clamp(-1, 1) ** 2
    _backward(y.var() + y.std() + y.flatten(1)[:, torch.tensor([0, 2])].sum() + y.tanh().sigmoid().mean())
    torch.multinomial(x.detach().softmax(-1), 1)
    repr([x.detach(), torch.randperm(3)])


def _training() -> None:
    for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
        model: Any = copy.deepcopy(nn.Sequential(nn.Linear(4, 3), nn.Tanh()))
        optimizer: Any = make(model.parameters(), lr=0.1)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
        for (x,) in DataLoader(TensorDataset(torch.randn(8, 4)), batch_size=4, shuffle=True):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = model.train()(x).float().pow(2).mean()
            _backward(loss)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
        model.eval().load_state_dict(model.state_dict())
        optimizer.load_state_dict(optimizer.state_dict())
        nn.init.kaiming_normal_(model[0].weight)
    torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)


def _transforms() -> None:
    x = torch.ones(3, dtype=torch.float64, requires_grad=True)
    _backward(torch.utils.checkpoint.checkpoint(lambda y: y * 2, x, use_reentrant=False).sum())
    torch.autograd.gradcheck(lambda y: y * y, x)
    torch.vmap(lambda y: y * 2)(x.detach())
    torch.func.grad(lambda y: y.sum())(x.detach())


def _saving() -> None:
    file = io.BytesIO()
    torch.save({"model": nn.Linear(2, 2).state_dict(), "step": 1}, file)
    for weights_only in (True, False):
        file.seek(0)
        torch.load(file, weights_only=weights_only)


def _backward(loss: Any) -> None:
    loss.backward()
