# style: one boolean assignment for all sequences; a loop over rows for the mean
import torch


def pad_collate(items, padding_value=0):
    try:
        sequences, labels = zip(*items)
    except ValueError:
        raise ValueError("no items") from None
    like = sequences[0]
    for s in sequences[1:]:
        if s.dtype is not like.dtype or s.shape[1:] != like.shape[1:]:
            raise ValueError("items differ")
    lengths = torch.tensor(list(map(len, sequences)), dtype=torch.long)
    mask = torch.zeros(len(sequences), max(map(len, sequences)), dtype=torch.bool)
    for i, n in enumerate(lengths.tolist()):
        mask[i, :n] = True
    out = torch.empty(*mask.shape, *like.shape[1:], dtype=like.dtype).fill_(padding_value)
    out[mask] = torch.cat(sequences)
    return {"sequences": out, "lengths": lengths, "mask": mask, "labels": torch.tensor(labels).long()}


def masked_mean(values, mask):
    rows = []
    for row, keep in zip(values, mask):
        real = row[keep]
        rows.append(real.mean(0) if len(real) else row.new_zeros(row.shape[1:]))
    return torch.stack(rows)
