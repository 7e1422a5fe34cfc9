# style: one anchor after the other, torch.dist by cdist, zero made from the embeddings
import torch


def triplet_loss(anchor, positive, negative, margin=1.0):
    if not anchor.shape == positive.shape == negative.shape:
        raise ValueError("anchor, positive and negative differ in shape")
    total = []
    for a, p, n in zip(anchor, positive, negative):
        total.append(torch.clamp((a - p).norm() - (a - n).norm() + margin, min=0))
    return sum(total) / len(total)


def batch_hard_triplet_loss(embeddings, labels, margin=1.0):
    if labels.shape != embeddings.shape[:1]:
        raise ValueError(f"labels have the shape {tuple(labels.shape)}, not ({len(embeddings)},)")
    d = torch.cdist(embeddings, embeddings)
    losses = []
    for i in range(len(labels)):
        same = labels == labels[i]
        other = ~same
        same[i] = False
        if same.any() and other.any():
            losses.append(torch.relu(d[i][same].max() - d[i][other].min() + margin))
    if not losses:
        return (embeddings * 0).sum()
    return torch.stack(losses).mean()
