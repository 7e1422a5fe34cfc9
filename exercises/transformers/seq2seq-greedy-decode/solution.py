import torch
from torch import nn


def teacher_forcing(target: torch.Tensor, bos: int, pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What a training step hands to the decoder, and what it compares with.

    target: int64 (B, T), padded. Returns decoder_input (B, T), allowed bool (B, T, T), labels (B, T).
    """
    if bos == pad:
        raise ValueError(f"bos and pad are both {bos}")
    start = torch.full_like(target[:, :1], bos)  # (B, 1)
    decoder_input = torch.cat([start, target[:, :-1]], dim=1)  # (B, T)
    position = torch.arange(target.shape[1], device=target.device)  # (T,)
    past = position <= position.unsqueeze(1)  # (T, T)
    allowed = past & (decoder_input != pad).unsqueeze(1)  # (B, T, T)
    labels = target.masked_fill(target == pad, -100)  # (B, T)
    return decoder_input, allowed, labels


@torch.no_grad()
def greedy_decode(
    model: nn.Module,
    source: torch.Tensor,
    source_keep: torch.Tensor,
    bos: int,
    eos: int,
    pad: int,
    max_length: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The most likely token at each step, for every source.

    source: int64 (B, S); source_keep: bool (B, S). Returns ids (B, n) and lengths (B,).
    """
    if max_length < 1:
        raise ValueError(f"max_length has to be at least 1, not {max_length}")
    was_training = model.training
    model.eval()
    try:
        memory = model.encode(source, source_keep)  # (B, S, d)
        ids = torch.full_like(source[:, :1], bos)  # (B, 1)
        lengths = torch.zeros_like(source[:, 0])  # (B,)
        finished = torch.zeros_like(lengths, dtype=torch.bool)  # (B,)
        for _ in range(max_length):
            logits = model.decode(ids, memory, source_keep)[:, -1].clone()  # (B, V)
            logits[:, [bos, pad]] = float("-inf")
            token = logits.argmax(dim=-1).masked_fill(finished, pad)  # (B,)
            lengths = lengths + ~finished  # (B,)
            finished = finished | (token == eos)  # (B,)
            ids = torch.cat([ids, token.unsqueeze(1)], dim=1)  # (B, 1 + n)
            if finished.all():
                break
    finally:
        model.train(was_training)
    return ids[:, 1:], lengths  # (B, n), (B,)
