"""Training memory: tensors of every part are made, without memory, and their bytes counted."""

import torch

from torchdojo.domain.asking import memory
from torchdojo.judge.computing.measuring import blank, storage_bytes

FULL, HALF = torch.float32, torch.bfloat16
#: weights, gradients, master copies and states, each as the dtypes of one number per parameter.
RECIPES = {
    "Adam in float32": ([FULL], [FULL], [FULL, FULL]),
    "Adam with float32 weights under bfloat16 autocast": ([FULL], [FULL], [FULL, FULL]),
    "bfloat16 weights and gradients, a float32 master copy, Adam states in float32": ([HALF], [HALF], [FULL, FULL, FULL]),
    "Adam with everything in bfloat16": ([HALF], [HALF], [HALF, HALF]),
    "SGD with momentum in float32": ([FULL], [FULL], [FULL]),
}
STAGES = {
    0: "no sharding",
    1: "optimizer states and master copies sharded (ZeRO 1)",
    2: "states, master copies and gradients sharded (ZeRO 2)",
    3: "everything sharded (ZeRO 3, FSDP)",
}


def question(rng, level):
    name = rng.choice(list(RECIPES))
    count = rng.choice([124, 350, 760, 1300, 7000]) * 10**6 if level < 3 else rng.choice([1, 3, 7, 13]) * 1024**3
    devices = 1 if level == 1 else rng.choice([2, 4, 8])
    stage = 0 if level == 1 else rng.choice([0, 1, 2, 3])
    weights, gradients, states = RECIPES[name]
    parts = [(weights, stage >= 3), (gradients, stage >= 2), (states, stage >= 1)]
    made = [blank(count // devices if shared else count, dtype=d) for dtypes, shared in parts for d in dtypes]
    each = [sum(d.itemsize for d in dtypes) for dtypes, _ in parts]

    def total(stage=stage):
        return sum(size * (count // devices if stage >= first else count) for size, first in zip(each, (3, 2, 1), strict=True))

    where = "" if level == 1 else f", on {devices} GPUs with {STAGES[stage]}"
    spelled = [f"{size}{f'/{devices}' if shared else ''}" for size, (_, shared) in zip(each, parts, strict=True)]
    return memory(
        f"{count:,} parameters; {name}{where}. How much memory do weights, gradients, master copies and states take"
        f"{' on each GPU' if where else ''}?",
        answer=storage_bytes(*made),
        formula=total(),
        working=f"Bytes a parameter for weights, gradients, and states with master copies: {' + '.join(spelled)}. Times {count:,}: "
        f"{total():,} bytes.",
        unit="GiB",
        mistakes=[
            (total(stage=0), "the sharding is left out"),
            (total(stage=3) if stage else sum(each) * count // 2, "everything is divided by the GPUs" if stage else "half the bytes are taken throughout"),
            (total(stage=2), "weights are taken to be kept whole, and gradients to be sharded"),
            (total(stage=1), "only the states are taken to be sharded"),
            (16 * count, "16 bytes a parameter are taken"),
            (each[0] * count, "only the weights are counted"),
            ((each[0] + each[1]) * count, "the optimizer states are left out"),
            ((each[0] + each[2]) * count, "the gradients are left out"),
        ],
    )
