# style: computes the sizes under no_grad, as if they were constant
# verdict: wrong_answer
# caught by: test_gradients_reach_the_logits
import torch
import torch.nn.functional as F


def dice_loss(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smooth: float = 1.0,
    ignore_index: int | None = None,
) -> torch.Tensor:
    """One minus the mean Dice coefficient. logits: (N, C, ...); targets: (N, ...). Returns a scalar."""
    p = logits.softmax(dim=1).flatten(2)  # (N, C, pixels)
    labels = targets.long().flatten(1)  # (N, pixels)
    if ignore_index is None:
        keep = torch.ones_like(labels, dtype=torch.bool)  # (N, pixels)
    else:
        keep = labels != ignore_index  # (N, pixels)
    labels = labels.masked_fill(~keep, 0)  # (N, pixels)  255 is no class: any legal one will do
    t = F.one_hot(labels, logits.shape[1])  # (N, pixels, C)
    t = t.transpose(1, 2).to(p.dtype)  # (N, C, pixels)
    mask = keep.unsqueeze(1)  # (N, 1, pixels)
    p, t = p * mask, t * mask  # (N, C, pixels) each
    overlap = (p * t).sum(dim=2)  # (N, C)
    sizes = p.detach().sum(dim=2) + t.sum(dim=2)  # (N, C)
    dice = (2 * overlap + smooth) / (sizes + smooth)  # (N, C)
    return 1 - dice.mean()  # ()
