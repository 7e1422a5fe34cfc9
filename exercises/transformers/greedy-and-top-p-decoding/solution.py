from collections.abc import Callable

import torch


def nucleus(logits: torch.Tensor, p: float, temperature: float = 1.0) -> torch.Tensor:
    """Probabilities of the most likely tokens that together have at least p; 0 for all others.

    logits: (..., V). Returns (..., V), float32 or float64.
    """
    if not 0 < p <= 1:
        raise ValueError(f"p has to be above 0 and at most 1, not {p}")
    if not temperature > 0:
        raise ValueError(f"the temperature has to be above 0, not {temperature}")
    wide = logits if logits.dtype == torch.float64 else logits.float()  # (..., V)
    probabilities = (wide / temperature).softmax(dim=-1)  # (..., V)
    if p == 1:
        return probabilities
    ordered, index = probabilities.sort(dim=-1, descending=True, stable=True)  # (..., V) each
    before = ordered.cumsum(dim=-1) - ordered  # (..., V)  what more likely tokens have together
    ordered = ordered.masked_fill(before >= p, 0.0)  # (..., V)
    kept = torch.empty_like(ordered).scatter(-1, index, ordered)  # (..., V)  back to their places
    return kept / kept.sum(dim=-1, keepdim=True)  # (..., V)


def choose(logits: torch.Tensor, p: float | None = None, temperature: float = 1.0) -> torch.Tensor:
    """One token per row: the most likely one, or a draw from the nucleus.

    logits: (B, V). Returns int64 (B,).
    """
    if p is None:
        return logits.argmax(dim=-1)  # (B,)
    return torch.multinomial(nucleus(logits, p, temperature), 1).squeeze(1)  # (B,)


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
    ids = prompt.clone()  # (B, L)
    finished = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)  # (B,)
    for _ in range(max_new):
        token = choose(model(ids)[:, -1], p, temperature)  # (B,)
        if eos is not None:
            token = token.masked_fill(finished, eos)  # (B,)
            finished = finished | (token == eos)  # (B,)
        ids = torch.cat([ids, token.unsqueeze(1)], dim=1)  # (B, L + n)
        if finished.all():
            break
    return ids
