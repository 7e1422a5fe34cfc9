# style: marks the padding instead of the sequence
# verdict: wrong_answer
# caught by: test_lengths_mask_and_labels
import torch


def pad_collate(items: list[tuple[torch.Tensor, int]], padding_value: float = 0) -> dict[str, torch.Tensor]:
    """A batch of items (sequence (length, ...), label).

    Returns sequences (batch, longest, ...), lengths (batch,) int64,
    mask (batch, longest) bool, labels (batch,) int64.
    """
    if not items:
        raise ValueError("a batch needs at least one item")
    sequences = [sequence for sequence, _ in items]  # each (length, ...)
    first = sequences[0]
    if any(s.shape[1:] != first.shape[1:] or s.dtype != first.dtype for s in sequences):
        raise ValueError("the sequences differ in dtype or in their further dimensions")
    lengths = torch.tensor([len(s) for s in sequences])  # (batch,)
    longest = int(lengths.max())
    padded = first.new_full((len(items), longest, *first.shape[1:]), padding_value)  # (batch, longest, ...)
    for row, sequence in zip(padded, sequences):
        row[: len(sequence)] = sequence  # (length, ...) into (longest, ...)
    mask = torch.arange(longest) >= lengths.unsqueeze(1)  # (longest,) < (batch, 1) -> (batch, longest)
    labels = torch.tensor([label for _, label in items])  # (batch,)
    return {"sequences": padded, "lengths": lengths, "mask": mask, "labels": labels}


def masked_mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over the positions where mask is True.

    values: (batch, longest) or (batch, longest, features); mask: (batch, longest).
    Returns (batch,) or (batch, features).
    """
    if values.dim() == 3:
        mask = mask.unsqueeze(-1)  # (batch, longest, 1)
    kept = values.masked_fill(~mask, 0)  # as values; replaces, so no NaN gets through
    return kept.sum(dim=1) / mask.sum(dim=1).clamp(min=1)  # (batch,) or (batch, features)
