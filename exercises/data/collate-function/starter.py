import torch


def pad_collate(items: list[tuple[torch.Tensor, int]], padding_value: float = 0) -> dict[str, torch.Tensor]:
    """A batch of items (sequence (length, ...), label).

    Returns sequences (batch, longest, ...), lengths (batch,) int64,
    mask (batch, longest) bool, labels (batch,) int64.
    """
    raise NotImplementedError


def masked_mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over the positions where mask is True.

    values: (batch, longest) or (batch, longest, features); mask: (batch, longest).
    Returns (batch,) or (batch, features).
    """
    raise NotImplementedError
