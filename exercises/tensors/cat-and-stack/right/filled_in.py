# style: new tensors filled by slices
import torch


def join_features(tensors):
    if not tensors or any(t.shape[:-1] != tensors[0].shape[:-1] for t in tensors):
        raise ValueError("features")
    out = tensors[0].new_empty(*tensors[0].shape[:-1], sum(t.size(-1) for t in tensors))
    start = 0
    for t in tensors:
        out[..., start : start + t.size(-1)] = t
        start += t.size(-1)
    return out


def make_batch(samples):
    if not samples:
        raise ValueError("no samples")
    out = torch.zeros(len(samples), *samples[0].shape, dtype=samples[0].dtype)
    for i, sample in enumerate(samples):
        if sample.shape != samples[0].shape:
            raise ValueError(f"sample {i}")
        out[i] = sample
    return out


def pad_batch(sequences, value=0.0):
    if not sequences:
        raise ValueError("no sequences")
    first = sequences[0]
    longest = max(s.size(0) for s in sequences)
    batch = torch.full((len(sequences), longest, *first.shape[1:]), value, dtype=first.dtype)
    mask = torch.zeros(len(sequences), longest, dtype=torch.bool)
    for i, s in enumerate(sequences):
        if s.shape[1:] != first.shape[1:]:
            raise ValueError(f"sequence {i}")
        batch[i, : len(s)] = s
        mask[i, : len(s)] = True
    return batch, mask


def interleave(a, b):
    if a.size() != b.size():
        raise ValueError("sizes")
    out = torch.empty(2 * len(a), *a.shape[1:], dtype=a.dtype)
    out[::2], out[1::2] = a, b
    return out
