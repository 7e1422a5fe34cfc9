# style: takes the nearest positive instead of the farthest
# verdict: wrong_answer
# caught by: test_farthest_positive_and_nearest_negative
import torch


def triplet_loss(
    anchor: torch.Tensor,
    positive: torch.Tensor,
    negative: torch.Tensor,
    margin: float = 1.0,
) -> torch.Tensor:
    """Mean over triplets. anchor, positive, negative: (N, D). Returns a scalar."""
    to_positive = torch.linalg.vector_norm(anchor - positive, dim=-1)  # (N,)
    to_negative = torch.linalg.vector_norm(anchor - negative, dim=-1)  # (N,)
    return (to_positive - to_negative + margin).relu().mean()  # ()


def batch_hard_triplet_loss(
    embeddings: torch.Tensor,
    labels: torch.Tensor,
    margin: float = 1.0,
) -> torch.Tensor:
    """Farthest positive against nearest negative. embeddings: (N, D); labels: (N,). Returns a scalar."""
    exact = "donot_use_mm_for_euclid_dist"  # the faster way loses digits between near points
    distances = torch.cdist(embeddings, embeddings, compute_mode=exact)  # (N, N)
    same = labels.unsqueeze(1) == labels  # (N, N)
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)  # (N, N)
    positives = same & ~itself  # (N, N)
    counts = positives.any(dim=1) & (~same).any(dim=1)  # (N,)
    farthest = distances.masked_fill(~positives, float("inf")).amin(dim=1)  # (N,)
    nearest = distances.masked_fill(same, float("inf")).amin(dim=1)  # (N,)
    losses = (farthest[counts] - nearest[counts] + margin).relu()  # (anchors that count,)
    return losses.sum() / counts.sum().clamp(min=1)  # ()  0 / 1 where none counts
