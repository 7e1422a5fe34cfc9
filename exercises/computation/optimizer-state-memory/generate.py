"""Optimizer states: a real optimizer takes a step on weights without memory, and its states are counted."""

import torch
from torch import nn

from torchdojo.domain.asking import memory
from torchdojo.judge.computing.measuring import storage_bytes

OPTIMIZERS = {
    "AdamW(lr=1e-3)": (torch.optim.AdamW, {}, 2),
    "Adam(lr=1e-3, amsgrad=True)": (torch.optim.Adam, {"amsgrad": True}, 3),
    "SGD(lr=1e-3, momentum=0.9)": (torch.optim.SGD, {"momentum": 0.9}, 1),
    "SGD(lr=1e-3)": (torch.optim.SGD, {}, 0),
    "RMSprop(lr=1e-3)": (torch.optim.RMSprop, {}, 1),
    "RMSprop(lr=1e-3, momentum=0.9)": (torch.optim.RMSprop, {"momentum": 0.9}, 2),
    "Adagrad(lr=1e-3)": (torch.optim.Adagrad, {}, 1),
}


def question(rng, level):
    names = list(OPTIMIZERS)
    name = rng.choice([names[0], names[2]] if level == 1 else names)
    maker, options, each = OPTIMIZERS[name]
    inputs, outputs, layers = rng.choice([256, 512, 1024, 4096]), rng.choice([256, 1024, 4096]), rng.choice([1, 4, 12])
    frozen = rng.randint(1, layers - 1) if level == 3 and layers > 1 else 0
    dtype = rng.choice([torch.float32, torch.bfloat16]) if level == 3 else torch.float32
    model = nn.ModuleList(nn.Linear(inputs, outputs, device="meta", dtype=dtype) for _ in range(layers))
    for layer in model[:frozen]:
        layer.requires_grad_(False)
    own = inputs * outputs + outputs
    trained, size = own * (layers - frozen), dtype.itemsize
    right = each * trained * size
    spelled = str(dtype).removeprefix("torch.")
    return memory(
        f"{layers} layers `nn.Linear({inputs}, {outputs})` in {spelled}"
        + (f", {frozen} of them frozen," if frozen else "")
        + f" are trained by `{name}`. How much memory do its states take?",
        answer=stepped(model, maker, options),
        formula=right,
        working=f"{each} number{'' if each == 1 else 's'} for each of {trained:,} trained parameters, {size} bytes each: {right:,} bytes.",
        unit="MiB",
        mistakes=[
            (2 * trained * size, "two numbers for each weight are taken, as in Adam"),
            (1 * trained * size, "one number for each weight is taken"),
            (2 * right, "the states are counted twice"),
            (each * own * layers * size, "frozen weights are given states"),
            (right + trained * size, "the gradients are counted as well"),
            (right + 2 * trained * size, "weights and gradients are counted as well"),
            (each * trained * 4, "the states are taken to be float32"),
        ],
    )


def stepped(model, maker, options):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = maker(trained, lr=1e-3, foreach=False, **options)
    for p in trained:
        p.grad = torch.empty_like(p)
    optimizer.step()
    states = [v for state in optimizer.state.values() for key, v in state.items() if isinstance(v, torch.Tensor) and key != "step"]
    return storage_bytes(*states)
