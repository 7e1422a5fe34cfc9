"""The KV cache: the tensors that hold it are made, without memory, and their bytes counted."""

import torch

from torchdojo.domain.asking import memory, product
from torchdojo.judge.computing.measuring import blank, storage_bytes

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "int8": torch.int8}


def question(rng, level):
    layers, heads, size = rng.choice([12, 24, 32, 48]), rng.choice([12, 16, 32]), rng.choice([64, 128])
    groups = heads if level == 1 else rng.choice([g for g in (1, 2, 4, 8) if heads % g == 0])
    tokens, batch = rng.choice([1024, 2048, 4096, 8192, 32768]), rng.choice([1, 4, 16]) if level > 1 else 1
    name = rng.choice(["float32", "bfloat16"]) if level < 3 else rng.choice(list(DTYPES))
    bytes_each = DTYPES[name].itemsize
    cache = [blank(batch, groups, tokens, size, dtype=DTYPES[name]) for _ in range(2 * layers)]

    def total(pair=2, kv=groups, each=bytes_each, sequences=batch, deep=layers):
        return pair * deep * kv * size * tokens * sequences * each

    return memory(
        f"A model has {layers} layers, {heads} query heads and {groups} key-value heads of {size} dimensions. How large is its KV cache for "
        f"{batch} sequence{'s' * (batch > 1)} of {tokens} tokens in {name}?",
        answer=storage_bytes(*cache),
        formula=total(),
        working=f"keys and values × layers × key-value heads × dimensions × tokens × sequences × bytes: "
        f"{product(2, layers, groups, size, tokens, batch, bytes_each)} = {total():,} bytes.",
        unit="MiB",
        mistakes=[
            (total(pair=1), "only the keys are counted, or only the values"),
            (total(kv=heads), "the query heads are counted"),
            (total(each=4), "four bytes a number are taken"),
            (total(each=2), "two bytes a number are taken"),
            (total(sequences=1), "one sequence is counted only"),
            (total(deep=1), "one layer is counted only"),
            (total() // size, "the dimensions of a head are left out"),
        ],
    )
