from collections.abc import Callable

import torch


def nucleus(logits: torch.Tensor, p: float, temperature: float = 1.0) -> torch.Tensor:
    """Probabilities of the most likely tokens that together have at least p; 0 for all others.

    logits: (..., V). Returns (..., V), float32 or float64.
    """
    raise NotImplementedError


def choose(logits: torch.Tensor, p: float | None = None, temperature: float = 1.0) -> torch.Tensor:
    """One token per row: the most likely one, or a draw from the nucleus.

    logits: (B, V). Returns int64 (B,).
    """
    raise NotImplementedError


@torch.no_grad()
def generate(
    model: Callable[[torch.Tensor], torch.Tensor],
    prompt: torch.Tensor,
    max_new: int,
    eos: int | None = None,
    p: float | None = None,
    temperature: float = 1.0,
) -> torch.Tensor:
    """Continue each row of the prompt by up to max_new tokens.

    model: int64 (B, T) to logits (B, T, V); prompt: int64 (B, L). Returns int64 (B, L + n).
    """
    raise NotImplementedError
