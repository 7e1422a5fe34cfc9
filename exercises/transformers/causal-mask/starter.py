import torch


def causal_mask(
    queries: int,
    keys: int | None = None,
    window: int | None = None,
    device: torch.device | str | None = None,
) -> torch.Tensor:
    """Which of `keys` positions each of the last `queries` positions may look at.

    Returns bool (queries, keys), True where allowed. window: how many positions a query sees, its own included.
    """
    raise NotImplementedError


def causal_softmax(
    scores: torch.Tensor,
    keep: torch.Tensor | None = None,
    window: int | None = None,
) -> torch.Tensor:
    """Attention weights over the allowed keys.

    scores: (B, H, Lq, Lk); keep: bool (B, Lk), False at padding. Returns (B, H, Lq, Lk).
    """
    raise NotImplementedError
