"""State dicts to load by name."""

import torch


def shapes(i, o, projected):
    """Name -> shape of everything in the block's state."""
    table = {"conv1.weight": (o, i, 3, 3), "conv2.weight": (o, o, 3, 3)}
    norms = ["bn1", "bn2"]
    if projected:
        table["shortcut.0.weight"] = (o, i, 1, 1)
        norms.append("shortcut.1")
    for norm in norms:
        table |= {f"{norm}.{name}": (o,) for name in ("weight", "bias", "running_mean", "running_var")}
        table[f"{norm}.num_batches_tracked"] = ()
    return table


def random_state(table, rng):
    state = {}
    for name, shape in table.items():
        if name.endswith("tracked"):
            state[name] = torch.tensor(3)
        elif name.endswith("var") or ".weight" in name and len(shape) == 1:
            state[name] = 0.5 + torch.rand(shape, generator=rng)
        else:
            fan = max(1, int(torch.tensor(shape[1:]).prod())) if len(shape) > 1 else 1
            state[name] = torch.randn(shape, generator=rng) / fan**0.5
    return state
