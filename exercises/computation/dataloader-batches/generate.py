"""DataLoader: real loaders are asked for their batches."""

import math

from torch.utils.data import DataLoader, DistributedSampler

from torchdojo.domain.asking import whole


def question(rng, level):
    batch = rng.choice([8, 16, 32, 50, 64, 128, 256])
    rows = rng.randint(1, 60) * batch + rng.choice([0, 1, batch // 2, batch - 1])
    drop = rng.random() < 0.5
    world = 1 if level == 1 else rng.choice([2, 3, 4, 8])
    sampler_drops = level == 3 and rng.random() < 0.5
    last = level == 3 and rng.random() < 0.4
    data = range(rows)
    sampler = DistributedSampler(data, world, 0, shuffle=False, drop_last=sampler_drops) if world > 1 else None
    loader = DataLoader(data, batch, sampler=sampler, drop_last=drop, collate_fn=len)
    mine = rows if world == 1 else math.floor(rows / world) if sampler_drops and rows % world else math.ceil(rows / world)
    right = mine // batch if drop else math.ceil(mine / batch)
    told = f"`DataLoader(dataset, batch_size={batch}, drop_last={drop})` over {rows:,} samples"
    if world > 1:
        told += f", under `DistributedSampler(num_replicas={world}, drop_last={sampler_drops})`"
    share = "" if world == 1 else f"Each process gets {'floor' if sampler_drops else 'ceil'}({rows:,} / {world}) = {mine:,} samples. "
    if last and right:
        size = mine % batch or batch
        size = batch if drop else size
        return whole(
            f"{told}. How large is the last batch of a process?",
            answer=list(loader)[-1],
            formula=size,
            working=f"{share}{mine:,} = {mine // batch} × {batch} + {mine % batch}, and {'what is left over is dropped' if drop else 'what is left over is the last batch, unless it is nothing'}: {size}.",
            unit="samples",
            mistakes=[
                (batch if size != batch else mine % batch, "drop_last is read the other way"),
                (rows % batch or batch, "the processes are left out"),
                (0, "the last batch is taken to be empty"),
                (batch - 1, "one is taken off"),
                (batch + mine % batch, "what is left over is added to the last full batch"),
            ],
        )
    return whole(
        f"{told}. How many batches has an epoch{' for each process' if world > 1 else ''}?",
        answer=len(list(loader)),
        formula=right,
        working=f"{share}{'floor' if drop else 'ceil'}({mine:,} / {batch}) = {right:,}.",
        unit="batches",
        mistakes=[
            (mine // batch if not drop else math.ceil(mine / batch), "drop_last is read the other way"),
            (math.ceil(rows / batch), "the processes are left out"),
            (rows // batch, "the processes are left out, and the last batch too"),
            (right * world, "the batches of all processes are counted"),
            (right + 1, "one batch too many is counted"),
            (mine, "samples are counted, not batches"),
        ],
    )
