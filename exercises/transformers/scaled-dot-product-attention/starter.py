import torch


def scaled_dot_product_attention(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    mask: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention of every query over all keys.

    q: (..., Lq, d); k: (..., Lk, d); v: (..., Lk, dv); mask: bool, broadcasts to (..., Lq, Lk), True where allowed.
    Returns the output (..., Lq, dv) and the weights (..., Lq, Lk).
    """
    raise NotImplementedError
