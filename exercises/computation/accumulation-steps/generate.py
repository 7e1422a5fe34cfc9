"""Gradient accumulation: the loaders are made and their batches walked through."""

import math

from torch.utils.data import DataLoader, DistributedSampler

from torchdojo.domain.asking import product, whole


def question(rng, level):
    micro, steps = rng.choice([4, 8, 16, 32]), rng.choice([2, 4, 8])
    devices = 1 if level == 1 else rng.choice([1, 2, 4, 8])
    rows = rng.randint(20, 400) * micro + rng.randint(0, micro - 1)
    flush = level > 1 and rng.random() < 0.5
    drop = level == 3 and rng.random() < 0.5
    effective = micro * steps * devices
    if level == 1 and rng.random() < 0.5:
        return whole(
            f"Micro-batches of {micro}, gradients accumulated over {steps} of them, {devices} GPU. What is the effective batch size?",
            answer=sum(len(batch) for batch in micro_batches(range(10 * effective), micro, 1, True)[:steps]),
            formula=effective,
            working=f"{product(micro, steps, devices)} = {effective:,}.",
            unit="samples",
            mistakes=[(micro, "the accumulation is left out"), (steps, "the micro-batch is left out"), (micro + steps, "they are added")],
        )
    mine = math.ceil(rows / devices)
    batches = mine // micro if drop else math.ceil(mine / micro)
    right = math.ceil(batches / steps) if flush else batches // steps
    return whole(
        f"{rows:,} samples, micro-batches of {micro} (`drop_last={drop}`), an update every {steps} of them, "
        f"{'the left-over ones flushed by a last update' if flush else 'left-over ones dropped'}, {devices} GPU{'s' * (devices > 1)} with a "
        "`DistributedSampler` that pads. How many updates does an epoch make?",
        answer=updates(micro_batches(range(rows), micro, devices, drop), steps, flush),
        formula=right,
        working=f"Each GPU gets ceil({rows:,} / {devices}) = {mine:,} samples, {batches:,} micro-batches. Divided by {steps} and rounded "
        f"{'up' if flush else 'down'}: {right:,} updates.",
        unit="updates",
        mistakes=[
            (batches, "every micro-batch is taken to update"),
            (batches // steps if flush else math.ceil(batches / steps), "the left-over micro-batches are treated the other way"),
            (math.ceil(rows / micro) // steps, "the GPUs are left out"),
            (math.ceil(rows / micro), "accumulation and GPUs are left out"),
            (math.ceil(mine / steps), "samples are taken for micro-batches"),
            (batches * steps, "it is multiplied by the accumulation"),
        ],
    )


def micro_batches(rows, micro, devices, drop):
    sampler = DistributedSampler(rows, num_replicas=devices, rank=0, shuffle=False)
    return list(DataLoader(rows, batch_size=micro, sampler=sampler, drop_last=drop, collate_fn=list))


def updates(batches, steps, flush):
    made = waiting = 0
    for _ in batches:
        waiting += 1
        if waiting == steps:
            made, waiting = made + 1, 0
    return made + (flush and waiting > 0)
