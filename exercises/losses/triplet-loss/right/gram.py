# style: squared distances from the Gram matrix, the root kept away from 0 by where
import torch


def _root(squared):
    zero = squared <= 0
    return torch.where(zero, torch.zeros_like(squared), torch.where(zero, torch.ones_like(squared), squared).sqrt())


def triplet_loss(anchor, positive, negative, margin=1.0):
    if not anchor.shape == positive.shape == negative.shape:
        raise ValueError("anchor, positive and negative differ in shape")
    gap = _root((anchor - positive).square().sum(1)) - _root((anchor - negative).square().sum(1))
    return torch.maximum(gap + margin, torch.zeros_like(gap)).mean()


def batch_hard_triplet_loss(embeddings, labels, margin=1.0):
    if labels.shape != embeddings.shape[:1]:
        raise ValueError(f"labels have the shape {tuple(labels.shape)}, not ({len(embeddings)},)")
    n = embeddings.shape[0]
    centred = embeddings - embeddings.mean(0)
    gram = centred @ centred.T
    squares = gram.diagonal()
    d = _root(squares.unsqueeze(1) + squares.unsqueeze(0) - 2 * gram)
    same = labels.view(n, 1).eq(labels.view(1, n))
    pos = same.clone().fill_diagonal_(False)
    neg = same.logical_not()
    hard_pos = (d * pos).max(dim=1).values
    hard_neg = torch.where(neg, d, d.max().detach() + 1).min(dim=1).values
    valid = (pos.any(1) & neg.any(1)).to(d.dtype)
    losses = (hard_pos - hard_neg + margin).clamp_min(0) * valid
    return losses.sum() / torch.clamp(valid.sum(), min=1)
