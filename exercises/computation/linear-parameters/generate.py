"""Parameters of fully connected layers: those of the modules themselves are counted."""

from itertools import pairwise

from torch import nn

from torchdojo.domain.asking import product, whole
from torchdojo.judge.computing.measuring import parameters


def question(rng, level):
    return in_place_of_convolution(rng) if level == 3 else mlp(rng, level)


def mlp(rng, level):
    sizes = [rng.choice([16, 64, 784])] + [rng.choice([32, 128, 256, 512]) for _ in range(level)] + [rng.choice([1, 10, 100])]
    bias = level == 1 or rng.random() < 0.7
    model = nn.Sequential(*(nn.Linear(a, b, bias=bias, device="meta") for a, b in pairwise(sizes)))
    weights, biases = sum(a * b for a, b in pairwise(sizes)), sum(sizes[1:]) * bias
    return whole(
        f"An MLP has layers of sizes {' → '.join(map(str, sizes))}, all of them `nn.Linear(..., bias={bias})`. "
        "How many parameters has it?",
        answer=parameters(model),
        formula=weights + biases,
        working=f"Weights: {' + '.join(product(a, b) for a, b in pairwise(sizes))} = {weights:,}. Biases: "
        f"{' + '.join(map(str, sizes[1:])) if bias else 'none'}. Together {weights + biases:,}.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (weights, "the biases are left out"),
            (weights + sum(sizes[1:]), "biases are counted that are not there"),
            (weights + sum(sizes[:-1]) * bias, "each bias has the size of its layer's input"),
            (weights + sum(sizes) * bias, "the input layer gets a bias too"),
            (sizes[0] * sizes[-1] + sizes[-1], "only the first and the last size are looked at"),
        ],
    )


def in_place_of_convolution(rng):
    inputs, outputs, side = rng.choice([1, 3, 8]), rng.choice([16, 32, 64]), rng.choice([8, 16, 28, 32])
    features, results = inputs * side * side, outputs * side * side
    linear = nn.Linear(features, results, bias=False, device="meta")
    return whole(
        f"A linear layer without bias maps a flattened {inputs}×{side}×{side} image to {outputs}×{side}×{side}, as a 3×3 "
        "convolution with padding 1 could. How many weights has it?",
        answer=parameters(linear),
        formula=features * results,
        working=f"{product(inputs, side, side)} = {features:,} inputs times {product(outputs, side, side)} = {results:,} "
        f"outputs: {features * results:,} weights. The convolution has {product(outputs, inputs, 3, 3)} = "
        f"{outputs * inputs * 9:,}.",
        unit="weights",
        rounding=True,
        mistakes=[
            (outputs * inputs * 9, "the convolution is counted"),
            (features * results * 3, "a factor of three too much gets in, for channels that are counted already"),
            (inputs * outputs * side * side, "every output is taken to see its own place only"),
            (features * outputs, "the places of the output are left out"),
        ],
    )
