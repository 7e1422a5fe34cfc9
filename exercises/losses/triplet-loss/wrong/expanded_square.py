# style: distances from the expanded square
# verdict: wrong_answer
# caught by: test_embeddings_far_from_the_origin
import torch


def _d(a, b):
    return torch.linalg.vector_norm(a - b, dim=-1)


def triplet_loss(anchor, positive, negative, margin=1.0):
    if not anchor.shape == positive.shape == negative.shape or anchor.dim() != 2:
        raise ValueError("shape")
    return torch.relu(_d(anchor, positive) - _d(anchor, negative) + margin).mean()


def batch_hard_triplet_loss(embeddings, labels, margin=1.0):
    n = len(embeddings)
    if labels.shape != (n,):
        raise ValueError("labels")
    total, count = embeddings.sum() * 0, 0
    sq = embeddings.square().sum(1)
    dist = (sq[:, None] + sq[None] - 2 * embeddings @ embeddings.T).clamp_min(1e-12).sqrt()
    for i in range(n):
        same = labels == labels[i]
        neg = dist[i][~same]
        same[i] = False
        pos = dist[i][same]
        if len(pos) and len(neg):
            total = total + (pos.max() - neg.min() + margin).clamp_min(0)
            count += 1
    return total / max(count, 1)
