# style: uses a distance that adds 1e-6 to every difference
# verdict: wrong_answer
# caught by: test_tiny_distances_stay_exact
import torch


def contrastive_loss(
    x1: torch.Tensor,
    x2: torch.Tensor,
    same: torch.Tensor,
    margin: float = 1.0,
    reduction: str = "mean",
) -> torch.Tensor:
    """Half the squared distance of equal pairs, half the squared lack of margin of different ones.

    x1, x2: (..., D); same: (...), 1 for pairs of the same kind. Returns a scalar, or (...) for "none".
    """
    if same.shape != x1.shape[:-1]:
        raise ValueError(f"same has the shape {tuple(same.shape)}, the pairs {tuple(x1.shape[:-1])}")
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be mean, sum or none, not {reduction!r}")
    distance = torch.nn.functional.pairwise_distance(x1, x2)  # (...)  its gradient at 0 is 0
    lack = (margin - distance).relu()  # (...)
    loss = 0.5 * torch.where(same.bool(), distance, lack) ** 2  # (...)
    if reduction == "mean":
        return loss.mean()  # ()
    if reduction == "sum":
        return loss.sum()  # ()
    return loss  # (...)
