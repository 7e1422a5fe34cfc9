"""Memory kept for backward: autograd itself is asked what it saves, on tensors without memory."""

import torch
from torch import nn

from torchdojo.domain.asking import memory, product
from torchdojo.judge.computing.measuring import blank

DTYPES = {"float32": (torch.float32, 4), "bfloat16": (torch.bfloat16, 2)}


def question(rng, level):
    batch, inputs = rng.choice([32, 64, 128, 256]), rng.choice([128, 256, 784])
    hidden = [rng.choice([256, 512, 1024]) for _ in range(rng.choice([1, 2, 3]) if level > 1 else 1)]
    act = "ReLU" if level == 1 else rng.choice(["ReLU", "GELU", "SiLU"])
    name = "float32" if level < 3 else rng.choice(list(DTYPES))
    dtype, size = DTYPES[name]
    twice = act != "ReLU"
    numbers = batch * (inputs + sum(hidden) * (2 if twice else 1))
    told = " → ".join(map(str, [inputs, *hidden, 10]))
    kinds = "before and after the activation" if twice else "after the activation"
    return memory(
        f"An MLP {told} with {act} between its linear layers gets a batch of {batch} rows in {name}. How much memory do the activations "
        "take that autograd keeps for the backward pass?",
        answer=kept([inputs, *hidden, 10], act, batch, dtype),
        formula=numbers * size,
        working=f"Kept are the input of {product(batch, inputs)} numbers and, for each hidden layer, what comes {kinds}: "
        f"{batch} × ({inputs} + {'2 × ' if twice else ''}({' + '.join(map(str, hidden))})) = {numbers:,} numbers of {size} bytes "
        f"= {numbers * size:,} bytes.",
        mistakes=[
            (batch * (inputs + sum(hidden)) * size, "what the activation itself keeps is forgotten"),
            (batch * (inputs + 2 * sum(hidden)) * size, "the value before a ReLU is counted, which is not kept"),
            (batch * sum(hidden) * size * (2 if twice else 1), "the input is forgotten"),
            (numbers * (6 - size), "the bytes of the other precision are used"),
            ((numbers + batch * 10) * size, "the output is counted, which nobody needs again"),
            (numbers // batch * size, "the batch is left out"),
        ],
    )


def kept(sizes, act, batch, dtype):
    layers = []
    for a, b in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(a, b, device="meta", dtype=dtype), getattr(nn, act)()]
    model = nn.Sequential(*layers[:-1])
    weights = {p.untyped_storage()._cdata for p in model.parameters()}
    saved = {}

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage._cdata not in weights:
            saved[storage._cdata] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = model(blank(batch, sizes[0], dtype=dtype)).sum()
    found = sum(storage.nbytes() for storage in saved.values())
    del loss
    return found
