# style: minus infinity outside the nucleus, unsorted by argsort of the order, draws by Gumbel noise
import torch


def nucleus(logits, p, temperature=1.0):
    if p <= 0 or p > 1 or temperature <= 0:
        raise ValueError("settings")
    x = (logits if logits.dtype == torch.float64 else logits.float()) / temperature
    order = torch.argsort(x, dim=-1, descending=True, stable=True)
    probs = torch.softmax(x.gather(-1, order), -1)
    total = probs.cumsum(-1)
    remove = torch.zeros_like(total, dtype=torch.bool)
    if p < 1:
        remove[..., 1:] = total[..., :-1] >= p
    back = order.argsort(-1)
    return x.masked_fill(remove.gather(-1, back), float("-inf")).softmax(-1)


def choose(logits, p=None, temperature=1.0):
    if p is None:
        return logits.max(-1)[1]
    probs = nucleus(logits, p, temperature)
    noise = torch.empty_like(probs).exponential_()
    return (probs / noise).argmax(-1)


def generate(model, prompt, max_new, eos=None, p=None, temperature=1.0):
    length = prompt.shape[1]
    out = torch.zeros(prompt.shape[0], length + max_new, dtype=prompt.dtype, device=prompt.device)
    out[:, :length] = prompt
    alive = torch.ones(prompt.shape[0], dtype=torch.bool, device=prompt.device)
    with torch.inference_mode():
        while length < out.shape[1] and alive.any():
            new = choose(model(out[:, :length].clone())[:, -1, :], p, temperature)
            if eos is not None:
                new = torch.where(alive, new, torch.full_like(new, eos))
                alive &= new != eos
            out[:, length] = new
            length += 1
    return out[:, :length].clone()
