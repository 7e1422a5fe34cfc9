"""A quantised matrix: packed weights, scales and zero points are made, without memory, and their bytes counted."""

import torch

from torchdojo.domain.asking import memory
from torchdojo.judge.computing.measuring import blank, storage_bytes


def question(rng, level):
    bits = rng.choice([4, 8] if level < 3 else [2, 4, 8])
    rows, columns, matrices = rng.choice([1024, 2048, 4096]), rng.choice([1024, 4096, 11264]), rng.choice([1, 24, 32])
    group = columns if level == 1 else rng.choice([32, 64, 128])
    asymmetric = level == 3
    kept = rng.choice([0, 2]) if level == 3 else 0
    weights, groups = rows * columns, rows * columns // group
    tensors = [blank(rows, columns * bits // 8, dtype=torch.uint8), blank(rows, columns // group, dtype=torch.float16)]
    if asymmetric:
        tensors.append(blank(rows, columns // group, dtype=torch.uint8))
    whole = [blank(rows, columns, dtype=torch.float16) for _ in range(kept)]
    packed = weights * bits // 8
    extra = groups * (2 + asymmetric)
    right = matrices * (packed + extra) + kept * weights * 2
    per = "each row" if level == 1 else f"every {group} weights of a row"
    points = " and a zero point of one byte" if asymmetric else ""
    rest = f" {kept} more matrices of that size stay in float16." if kept else ""
    return memory(
        f"{matrices} matri{'x' if matrices == 1 else 'ces'} of {rows}×{columns} {'is' if matrices == 1 else 'are'} quantised to {bits} bits, with a float16 scale{points} for {per}."
        f"{rest} How much memory is that?",
        answer=matrices * storage_bytes(*tensors) + storage_bytes(*whole),
        formula=right,
        working=f"Weights: {weights:,} × {bits}/8 = {packed:,} bytes. Groups: {groups:,} × {2 + asymmetric} = {extra:,} bytes. "
        f"Times {matrices}{f', and {kept} × {weights:,} × 2' if kept else ''}: {right:,} bytes.",
        unit="MiB",
        mistakes=[
            (matrices * packed + kept * weights * 2, "scales and zero points are left out"),
            (matrices * (packed + 2 * extra) + kept * weights * 2, "scales are taken to be float32"),
            (matrices * weights * 2 + kept * weights * 2, "nothing is quantised"),
            (matrices * (weights + extra) + kept * weights * 2, "every weight is taken to fill a byte"),
            (matrices * (weights * bits + extra) + kept * weights * 2, "bits are taken for bytes"),
            (matrices * (packed + extra), "what stays in float16 is forgotten"),
            (packed + extra + kept * weights * 2, "one matrix is counted only"),
        ],
    )
