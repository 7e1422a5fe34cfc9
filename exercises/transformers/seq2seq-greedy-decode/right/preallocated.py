# style: writes into a table of pad, lengths counted at the end
import torch


def teacher_forcing(target, bos, pad):
    if bos == pad:
        raise ValueError("bos and pad have to differ")
    shifted = target.roll(1, dims=1)
    shifted[:, 0] = bos
    length = target.size(1)
    allowed = torch.ones(length, length, dtype=torch.bool, device=target.device).tril().repeat(len(target), 1, 1)
    allowed &= shifted.ne(pad)[:, None, :]
    labels = torch.where(target == pad, torch.full_like(target, -100), target)
    return shifted, allowed, labels


def greedy_decode(model, source, source_keep, bos, eos, pad, max_length):
    if max_length <= 0:
        raise ValueError("max_length")
    mode = model.training
    try:
        model.train(False)
        with torch.inference_mode():
            memory = model.encode(source, source_keep)
            table = torch.full((len(source), max_length + 1), pad, dtype=torch.long, device=source.device)
            table[:, 0] = bos
            active = torch.ones(len(source), dtype=torch.bool, device=source.device)
            steps = 0
            while steps < max_length and bool(active.any()):
                last = model.decode(table[:, : steps + 1], memory, source_keep)[:, -1, :]
                banned = torch.zeros(last.shape[-1], dtype=torch.bool, device=last.device)
                banned[bos] = banned[pad] = True
                best = last.masked_fill(banned, -torch.inf).max(dim=-1).indices
                steps += 1
                table[:, steps] = torch.where(active, best, pad)
                active = active & (best != eos)
            out = table[:, 1 : steps + 1].clone()
    finally:
        model.train(mode)
    return out.clone(), (out != pad).sum(dim=1)
