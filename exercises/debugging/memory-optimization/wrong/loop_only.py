# style: chunks in a loop, all of which stay in the graph
# verdict: wrong_answer
# caught by: test_little_is_kept_for_the_backward_pass
import torch
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint


def chunked_cross_entropy(
    hidden: torch.Tensor,
    weight: torch.Tensor,
    targets: torch.Tensor,
    chunk_size: int,
    ignore_index: int = -100,
) -> torch.Tensor:
    """Cross-entropy of the logits hidden @ weight.T, at most chunk_size rows of them at a time.

    hidden: (n, d); weight: (v, d); targets: (n,) class indices or ignore_index.
    Returns the mean over the rows that are not ignored, 0 if there is none.
    """
    if chunk_size < 1:
        raise ValueError("chunk_size must be at least 1")
    if len(hidden) != len(targets):
        raise ValueError("hidden and targets have different numbers of rows")

    def chunk_loss(rows: torch.Tensor, weight: torch.Tensor, goals: torch.Tensor) -> torch.Tensor:
        logits = rows @ weight.T  # (c, v)
        return F.cross_entropy(logits, goals, reduction="sum", ignore_index=ignore_index)  # ()

    total = hidden.new_zeros(())  # ()
    for rows, goals in zip(hidden.split(chunk_size), targets.split(chunk_size)):  # (c, d), (c,)
        total = total + chunk_loss(rows, weight, goals)  # its logits are gone
    counted = (targets != ignore_index).sum().clamp(min=1)  # ()
    return total / counted  # ()
