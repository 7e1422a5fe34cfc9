# style: finds the nucleus first and tempers it afterwards
# verdict: wrong_answer
# caught by: test_temperature_comes_before_the_nucleus
from collections.abc import Callable

import torch


def nucleus(logits: torch.Tensor, p: float, temperature: float = 1.0) -> torch.Tensor:
    if not 0 < p <= 1:
        raise ValueError(f"p has to be above 0 and at most 1, not {p}")
    if not temperature > 0:
        raise ValueError(f"the temperature has to be above 0, not {temperature}")
    wide = logits if logits.dtype == torch.float64 else logits.float()
    probabilities = wide.softmax(dim=-1)
    if p == 1:
        return (wide / temperature).softmax(dim=-1)
    ordered, index = probabilities.sort(dim=-1, descending=True, stable=True)
    before = ordered.cumsum(dim=-1) - ordered
    ordered = ordered.masked_fill(before >= p, 0.0)
    kept = torch.empty_like(ordered).scatter(-1, index, ordered)
    kept = kept ** (1 / temperature)
    return kept / kept.sum(dim=-1, keepdim=True)


def choose(logits: torch.Tensor, p: float | None = None, temperature: float = 1.0) -> torch.Tensor:
    if p is None:
        return logits.argmax(dim=-1)
    return torch.multinomial(nucleus(logits, p, temperature), 1).squeeze(1)


@torch.no_grad()
def generate(
    model: Callable[[torch.Tensor], torch.Tensor],
    prompt: torch.Tensor,
    max_new: int,
    eos: int | None = None,
    p: float | None = None,
    temperature: float = 1.0,
) -> torch.Tensor:
    ids = prompt.clone()
    finished = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
    for _ in range(max_new):
        token = choose(model(ids)[:, -1], p, temperature)
        if eos is not None:
            token = token.masked_fill(finished, eos)
            finished = finished | (token == eos)
        ids = torch.cat([ids, token.unsqueeze(1)], dim=1)
        if finished.all():
            break
    return ids
