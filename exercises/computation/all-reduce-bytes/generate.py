"""Ring all-reduce: it is carried out on parts without memory, and what one GPU sends is counted."""

import torch

from torchdojo.domain.asking import memory
from torchdojo.judge.computing.measuring import blank, storage_bytes

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def question(rng, level):
    devices = rng.choice([2, 4, 8, 16, 32])
    count = rng.choice([25, 64, 125, 350, 1250]) * 2**15 * 32
    name = "float32" if level == 1 else rng.choice(list(DTYPES))
    each = DTYPES[name].itemsize
    kind = "all-reduce" if level < 3 else rng.choice(["all-reduce", "reduce-scatter", "all-gather", "FSDP step"])
    rounds = {"all-reduce": 2, "reduce-scatter": 1, "all-gather": 1, "FSDP step": 3}[kind]
    everyone = level == 3 and rng.random() < 0.4
    parts = list(blank(count, dtype=DTYPES[name]).chunk(devices))
    sent = sum(storage_bytes(parts[(0 - step) % devices]) for _ in range(rounds) for step in range(devices - 1))
    size = count * each
    right = rounds * (devices - 1) * size // devices * (devices if everyone else 1)
    what = "an FSDP step (two all-gathers of the weights and a reduce-scatter of the gradients)" if kind == "FSDP step" else f"a ring {kind}"
    return memory(
        f"{what[0].upper()}{what[1:]} of {count:,} numbers in {name} over {devices} GPUs. How much "
        f"{'do all of them together send' if everyone else 'does each GPU send'}?",
        answer=sent * (devices if everyone else 1),
        formula=right,
        working=f"{rounds} round{'s' * (rounds > 1)} of {devices - 1} steps with parts of {size:,}/{devices} bytes: {right // (devices if everyone else 1):,} bytes from each"
        f"{f', times {devices} GPUs: {right:,} bytes' if everyone else ''}.",
        unit="MiB",
        mistakes=[
            (right // rounds, "one round is counted only"),
            (right // rounds * 2, "two rounds are counted, as for an all-reduce"),
            (rounds * size * (devices if everyone else 1), "(n − 1)/n is left out"),
            (size * (devices - 1), "everybody is taken to send the whole buffer to everybody"),
            (size, "the buffer is taken to be sent once"),
            (right // devices if everyone else right * devices, "one GPU and all of them are confused"),
            (right * 2 if each == 2 else right // 2, "the bytes of the other precision are used"),
        ],
    )
