# style: joins all of a, then all of b
# verdict: wrong_answer
# caught by: test_taking_turns
from collections.abc import Sequence

import torch


def join_features(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    if len({tensor.shape[:-1] for tensor in tensors}) != 1:
        raise ValueError("no tensors, or leading dimensions that differ")
    return torch.cat(tensors, dim=-1)  # (..., D1 + D2 + ...)


def make_batch(samples: Sequence[torch.Tensor]) -> torch.Tensor:
    if len({sample.shape for sample in samples}) != 1:
        raise ValueError("no samples, or shapes that differ")
    return torch.stack(samples)  # (B, *S)


def pad_batch(sequences: Sequence[torch.Tensor], value: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    if len({sequence.shape[1:] for sequence in sequences}) != 1:
        raise ValueError("no sequences, or steps whose shapes differ")
    lengths = torch.tensor([len(sequence) for sequence in sequences])  # (B,)
    longest = int(lengths.max())
    padded = [
        torch.cat([sequence, sequence.new_full((longest - len(sequence), *sequence.shape[1:]), value)])  # (T, ...)
        for sequence in sequences
    ]
    mask = torch.arange(longest) < lengths.unsqueeze(1)  # (T,) < (B, 1) -> (B, T)
    return torch.stack(padded), mask  # (B, T, ...), (B, T)


def interleave(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    if a.shape != b.shape:
        raise ValueError(f"{tuple(a.shape)} and {tuple(b.shape)}")
    return torch.stack([a, b]).flatten(0, 1)
