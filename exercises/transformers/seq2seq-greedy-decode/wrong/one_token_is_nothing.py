# style: takes a source of one token for an empty one and writes nothing
# verdict: wrong_answer
# caught by: test_sentences_of_a_batch_do_not_meet
import torch
from torch import nn


def teacher_forcing(target: torch.Tensor, bos: int, pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    if bos == pad:
        raise ValueError(f"bos and pad are both {bos}")
    start = torch.full_like(target[:, :1], bos)
    decoder_input = torch.cat([start, target[:, :-1]], dim=1)
    position = torch.arange(target.shape[1], device=target.device)
    past = position <= position.unsqueeze(1)
    allowed = past & (decoder_input != pad).unsqueeze(1)
    labels = target.masked_fill(target == pad, -100)
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
    if max_length < 1:
        raise ValueError(f"max_length has to be at least 1, not {max_length}")
    if source.shape[1] < 2:
        return source[:, :0], torch.zeros_like(source[:, 0])
    was_training = model.training
    model.eval()
    try:
        memory = model.encode(source, source_keep)
        ids = torch.full_like(source[:, :1], bos)
        lengths = torch.zeros_like(source[:, 0])
        finished = torch.zeros_like(lengths, dtype=torch.bool)
        for _ in range(max_length):
            logits = model.decode(ids, memory, source_keep)[:, -1].clone()
            logits[:, [bos, pad]] = float("-inf")
            token = logits.argmax(dim=-1).masked_fill(finished, pad)
            lengths = lengths + ~finished
            finished = finished | (token == eos)
            ids = torch.cat([ids, token.unsqueeze(1)], dim=1)
            if finished.all():
                break
    finally:
        model.train(was_training)
    return ids[:, 1:], lengths
