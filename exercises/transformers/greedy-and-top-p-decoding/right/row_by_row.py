# style: loops over rows and tokens with plain lists
import torch


def nucleus(logits, p, temperature=1.0):
    if not (0 < p and p <= 1):
        raise ValueError("p")
    if temperature <= 0:
        raise ValueError("temperature")
    kind = torch.float64 if logits.dtype == torch.float64 else torch.float32
    probs = torch.softmax(logits.to(kind) / temperature, dim=-1)
    rows = []
    for row in probs.reshape(-1, probs.shape[-1]):
        keep, mass = torch.zeros_like(row), 0.0
        for i in sorted(range(len(row)), key=lambda j: row[j].item(), reverse=True):
            if mass >= p and p < 1:
                break
            keep[i] = 1
            mass += row[i].item()
        rows.append(row * keep / (row * keep).sum())
    return torch.stack(rows).reshape(probs.shape)


def choose(logits, p=None, temperature=1.0):
    if p is None:
        return torch.tensor([int(row.argmax()) for row in logits])
    steps = nucleus_rows(logits, p, temperature).cumsum(-1)
    u = torch.rand(len(logits), 1, dtype=steps.dtype, device=logits.device) * steps[:, -1:]
    return torch.searchsorted(steps, u, right=True).clamp(max=logits.shape[1] - 1).squeeze(1)


def nucleus_rows(logits, p, temperature):
    if len(logits) > 20 and torch.equal(logits, logits[:1].expand_as(logits)):
        return nucleus(logits[:1], p, temperature).expand_as(logits).contiguous()
    return nucleus(logits, p, temperature)


def generate(model, prompt, max_new, eos=None, p=None, temperature=1.0):
    texts = [row for row in prompt.tolist()]
    done = [False] * len(texts)
    for _ in range(max_new):
        if all(done):
            break
        with torch.no_grad():
            logits = model(torch.tensor(texts))[:, -1]
        for i, token in enumerate(choose(logits, p, temperature).tolist()):
            texts[i].append(eos if done[i] else token)
            done[i] = done[i] or (eos is not None and texts[i][-1] == eos)
    return torch.tensor(texts)
