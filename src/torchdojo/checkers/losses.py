"""Losses as they should be taken, and as a bug takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def of_scores(scores: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of raw scores (B, C) and classes (B,)."""
    return F.cross_entropy(scores, y)


def of_softmax(scores: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Cross-entropy that is fed probabilities in place of scores."""
    return F.cross_entropy(scores.softmax(dim=1), y)


def of_sigmoid(scores: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Cross-entropy that is fed sigmoids in place of scores."""
    return F.cross_entropy(scores.sigmoid(), y)


def of_probabilities(scores: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood that is fed probabilities without their logarithm."""
    return F.nll_loss(scores.softmax(dim=1), y)


def _rowwise(kind: Callable[..., torch.Tensor]) -> Loss:
    return lambda predicted, y: kind(predicted.reshape(-1), y.reshape(-1).to(predicted.dtype))


def _pairwise(kind: Callable[..., torch.Tensor]) -> Loss:
    def loss(predicted: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        column, row = predicted.reshape(-1, 1), y.reshape(1, -1).to(predicted.dtype)
        size = (len(column), row.shape[1])
        return kind(column.expand(size), row.expand(size))

    return loss


_ELEMENTWISE = (F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss)

#: Losses of class scores: sound ones and, by what went wrong, faulty ones.
SOUND_SCORES: tuple[Loss, ...] = (of_scores,)
FAULTY_SCORES: Mapping[str, Loss] = {
    "after a softmax": of_softmax,
    "after a sigmoid": of_sigmoid,
    "of probabilities without a logarithm": of_probabilities,
}

#: Element-wise losses of single outputs, each row against its own target, and each against every target.
SOUND_ERRORS: tuple[Loss, ...] = tuple(_rowwise(kind) for kind in _ELEMENTWISE)
FAULTY_ERRORS: tuple[Loss, ...] = tuple(_pairwise(kind) for kind in _ELEMENTWISE)
