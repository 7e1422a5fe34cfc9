"""State dicts to load by name."""

import torch


def shapes(c, k, width, blocks):
    """Name -> shape of everything in the network's state."""
    table = {"conv1.weight": (width, c, 3, 3), "fc.weight": (k, width * 2 ** (len(blocks) - 1))}
    table["fc.bias"] = (k,)
    norms, before = {"bn1": width}, width
    for s, count in enumerate(blocks):
        for b in range(count):
            name, out = f"stages.{s}.{b}", width * 2**s
            table[f"{name}.conv1.weight"] = (out, before, 3, 3)
            table[f"{name}.conv2.weight"] = (out, out, 3, 3)
            norms |= {f"{name}.bn1": out, f"{name}.bn2": out}
            if before != out:
                table[f"{name}.shortcut.0.weight"] = (out, before, 1, 1)
                norms[f"{name}.shortcut.1"] = out
            before = out
    for norm, out in norms.items():
        table |= {f"{norm}.{part}": (out,) for part in ("weight", "bias", "running_mean", "running_var")}
        table[f"{norm}.num_batches_tracked"] = ()
    return table


def random_state(table, rng):
    state = {}
    for name, shape in table.items():
        if name.endswith("tracked"):
            state[name] = torch.tensor(3)
        elif name.endswith("var") or (name.endswith(".weight") and len(shape) == 1):
            state[name] = 0.5 + torch.rand(shape, generator=rng)
        else:
            fan = torch.Size(shape[1:]).numel() if len(shape) > 1 else 1
            state[name] = torch.randn(shape, generator=rng) / fan**0.5
    return state
