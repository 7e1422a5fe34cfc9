# style: checks the arguments and makes all the logits
# verdict: wrong_answer
# caught by: test_no_large_tensor
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

    if not (targets != ignore_index).any():
        return (hidden.sum() + weight.sum()) * 0
    return F.cross_entropy(hidden @ weight.T, targets, ignore_index=ignore_index)
