# style: plain lists per sentence, a context manager for the mode
import contextlib

import torch


@contextlib.contextmanager
def evaluating(model):
    before = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(before)


def teacher_forcing(target, bos, pad):
    if pad == bos:
        raise ValueError
    rows = [[bos] + row[:-1] for row in target.tolist()]
    size = target.shape[1]
    allowed = [[[s <= t and row[s] != pad for s in range(size)] for t in range(size)] for row in rows]
    labels = target.clone()
    labels[labels == pad] = -100
    return torch.tensor(rows), torch.tensor(allowed), labels


def greedy_decode(model, source, source_keep, bos, eos, pad, max_length):
    if max_length < 1:
        raise ValueError("nothing to write")
    texts = [[] for _ in source]
    with evaluating(model):
        memory = model.encode(source, source_keep)
        for step in range(max_length):
            ids = torch.tensor([[bos, *text, *[pad] * (step - len(text))] for text in texts])
            logits = model.decode(ids, memory, source_keep)
            for text, scores in zip(texts, logits[:, step].tolist()):
                if not text or text[-1] != eos:
                    scores[bos] = scores[pad] = float("-inf")
                    text.append(scores.index(max(scores)))
            if all(text[-1] == eos for text in texts):
                break
    lengths = torch.tensor([len(text) for text in texts])
    return torch.nn.utils.rnn.pad_sequence([torch.tensor(t) for t in texts], True, pad), lengths
