# style: lets only the anchors move
# verdict: wrong_answer
# caught by: test_gradients_reach_both_views
import torch
import torch.nn.functional as F


def nt_xent_loss(z1: torch.Tensor, z2: torch.Tensor, temperature: float = 0.5) -> torch.Tensor:
    """z1, z2: (N, D), row i of both from the same image. Returns a scalar."""
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, not {temperature}")
    scores = _similarities(z1, z2) / temperature  # (2N, 2N)  minus infinity on the diagonal
    return F.cross_entropy(scores, _partners(z1))  # ()


def retrieval_accuracy(z1: torch.Tensor, z2: torch.Tensor) -> torch.Tensor:
    """z1, z2: (N, D). Returns a scalar between 0 and 1."""
    nearest = _similarities(z1, z2).argmax(dim=1)  # (2N,)
    return (nearest == _partners(z1)).to(z1.dtype).mean()  # ()


def _similarities(z1: torch.Tensor, z2: torch.Tensor) -> torch.Tensor:
    """Cosine similarities of all views, (2N, 2N), with minus infinity where a view meets itself."""
    if z1.dim() != 2 or z1.shape != z2.shape:
        raise ValueError(f"the views have the shapes {tuple(z1.shape)} and {tuple(z2.shape)}")
    z = F.normalize(torch.cat([z1, z2]), dim=1)  # (2N, D)
    itself = torch.eye(len(z), dtype=torch.bool, device=z.device)  # (2N, 2N)
    return (z @ z.detach().t()).masked_fill(itself, float("-inf"))  # (2N, 2N)


def _partners(z1: torch.Tensor) -> torch.Tensor:
    """The row of each view's partner, (2N,): the first half looks for the second, and the other way round."""
    return torch.arange(2 * len(z1), device=z1.device).roll(len(z1))  # (2N,)
