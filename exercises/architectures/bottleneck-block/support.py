"""State dicts to load by name."""

import torch


def shapes(i, p, projected):
    """Name -> shape of everything in the block's state."""
    table = {"conv1.weight": (p, i, 1, 1), "conv2.weight": (p, p, 3, 3), "conv3.weight": (4 * p, p, 1, 1)}
    norms = {"bn1": p, "bn2": p, "bn3": 4 * p}
    if projected:
        table["downsample.0.weight"] = (4 * p, i, 1, 1)
        norms["downsample.1"] = 4 * p
    for norm, width in norms.items():
        table |= {f"{norm}.{name}": (width,) for name in ("weight", "bias", "running_mean", "running_var")}
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
