import torch
from torch import nn


def teacher_forcing(target: torch.Tensor, bos: int, pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What a training step hands to the decoder, and what it compares with.

    target: int64 (B, T), padded. Returns decoder_input (B, T), allowed bool (B, T, T), labels (B, T).
    """
    raise NotImplementedError


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
    raise NotImplementedError
