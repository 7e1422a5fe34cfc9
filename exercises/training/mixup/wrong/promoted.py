# style: lets float32 weights promote half-precision inputs
# verdict: wrong_answer
# caught by: test_dtype_of_the_inputs_is_kept
import torch
import torch.nn.functional as F


def sample_lam(n: int, alpha: float) -> torch.Tensor:
    """n independent draws from Beta(alpha, alpha): (n,) float32; all ones for alpha = 0."""
    if alpha < 0:
        raise ValueError("alpha must not be negative")
    if alpha == 0:
        return torch.ones(n)  # (n,)
    return torch.distributions.Beta(alpha, alpha).sample((n,))  # (n,)


def mix(x: torch.Tensor, lam: torch.Tensor, permutation: torch.Tensor) -> torch.Tensor:
    """Blend each sample with its partner.

    x: (n, ...); lam: (n,); permutation: (n,) int64. Returns (n, ...) of the dtype of x.
    """
    lam = lam.reshape(-1, *[1] * (x.dim() - 1))  # (n, 1, ..., 1): one weight per sample
    return lam * x + (1 - lam) * x[permutation]  # (n, ...)


def mixup_loss(
    logits: torch.Tensor, y: torch.Tensor, lam: torch.Tensor, permutation: torch.Tensor
) -> torch.Tensor:
    """Mean over the batch of the blended cross-entropies.

    logits: (n, classes); y: (n,) int64; lam: (n,); permutation: (n,) int64. Returns ().
    """
    lam = lam  # (n,)
    own = F.cross_entropy(logits, y, reduction="none")  # (n,)
    partners = F.cross_entropy(logits, y[permutation], reduction="none")  # (n,)
    return (lam * own + (1 - lam) * partners).mean()  # ()
