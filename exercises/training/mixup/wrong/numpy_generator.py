# style: draws with numpy's generator
# verdict: wrong_answer
# caught by: test_weights_come_from_the_global_generator
import torch
import torch.nn.functional as F


def sample_lam(n: int, alpha: float) -> torch.Tensor:
    """n independent draws from Beta(alpha, alpha): (n,) float32; all ones for alpha = 0."""
    if alpha == 0:
        return torch.ones(n)  # (n,)
    import numpy as np

    if alpha < 0:
        raise ValueError("alpha")
    return torch.from_numpy(np.random.beta(alpha, alpha, n)).float()  # (n,); refuses a negative alpha itself


def mix(x: torch.Tensor, lam: torch.Tensor, permutation: torch.Tensor) -> torch.Tensor:
    """Blend each sample with its partner.

    x: (n, ...); lam: (n,); permutation: (n,) int64. Returns (n, ...) of the dtype of x.
    """
    lam = lam.to(x.dtype).reshape(-1, *[1] * (x.dim() - 1))  # (n, 1, ..., 1): one weight per sample
    return lam * x + (1 - lam) * x[permutation]  # (n, ...)


def mixup_loss(logits: torch.Tensor, y: torch.Tensor, lam: torch.Tensor, permutation: torch.Tensor) -> torch.Tensor:
    """Mean over the batch of the blended cross-entropies.

    logits: (n, classes); y: (n,) int64; lam: (n,); permutation: (n,) int64. Returns ().
    """
    lam = lam.to(logits.dtype)  # (n,)
    own = F.cross_entropy(logits, y, reduction="none")  # (n,)
    partners = F.cross_entropy(logits, y[permutation], reduction="none")  # (n,)
    return (lam * own + (1 - lam) * partners).mean()  # ()
