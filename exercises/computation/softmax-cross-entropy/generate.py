"""Softmax and cross-entropy: PyTorch's own functions, in double precision."""

import math

import torch
from torch.nn import functional as F

from torchdojo.domain.asking import decimal


def question(rng, level):
    classes = rng.choice([2, 3]) if level == 1 else rng.choice([3, 4])
    logits = [float(z) for z in rng.sample([-3, -2, -1, 0, 1, 2, 3], classes)]
    target = rng.randrange(classes)
    asked = {1: "probability", 2: "loss", 3: rng.choice(["gradient", "weighted", "temperature"])}[level]
    return {"probability": probability, "loss": loss, "gradient": gradient, "weighted": weighted, "temperature": temperature}[asked](
        rng, logits, target
    )


def softmax(logits):
    total = sum(math.exp(z) for z in logits)
    return [math.exp(z) / total for z in logits]


def summed(logits):
    return " + ".join(f"exp({z:g})" for z in logits)


def run(function, logits, *rest, **options):
    return function(torch.tensor([logits], dtype=torch.float64), *rest, **options)


def probability(rng, logits, target):
    p = softmax(logits)
    return decimal(
        f"Logits {logits}. What is the softmax probability of class {target}?",
        answer=run(F.softmax, logits, dim=-1)[0, target].item(),
        formula=p[target],
        working=f"exp({logits[target]:g}) / ({summed(logits)}) = {math.exp(logits[target]):.4f} / {sum(map(math.exp, logits)):.4f} = {p[target]:.3f}.",
        decimals=3,
        mistakes=[
            (1 / (1 + math.exp(-logits[target])), "a sigmoid is taken"),
            (max(p), "the largest probability is given"),
            (logits[target] / (sum(logits) or 1), "the logits are divided by their sum"),
            (1 - p[target], "the probability of the other classes is given"),
        ],
    )


def loss(rng, logits, target):
    p = softmax(logits)
    return decimal(
        f"Logits {logits}, target class {target}. What is `F.cross_entropy`?",
        answer=run(F.cross_entropy, logits, torch.tensor([target])).item(),
        formula=-math.log(p[target]),
        working=f"log({summed(logits)}) − ({logits[target]:g}) = {math.log(sum(map(math.exp, logits))):.4f} − ({logits[target]:g}) = {-math.log(p[target]):.3f}.",
        decimals=3,
        mistakes=[
            (-math.log(softmax(p)[target]), "softmax is applied twice"),
            (-math.log2(p[target]), "the logarithm to base 2 is taken"),
            (-math.log10(p[target]), "the logarithm to base 10 is taken"),
            (p[target], "the probability is given"),
            (-logits[target], "the logit is taken for the log-probability"),
            (math.log(p[target]), "the sign is forgotten"),
        ],
    )


def gradient(rng, logits, target):
    place, p = rng.randrange(len(logits)), softmax(logits)
    z = torch.tensor([logits], dtype=torch.float64, requires_grad=True)
    F.cross_entropy(z, torch.tensor([target])).backward()
    right = p[place] - (place == target)
    return decimal(
        f"Logits {logits}, target class {target}. What is the gradient of `F.cross_entropy` at logit {place}?",
        answer=z.grad[0, place].item(),
        formula=right,
        working=f"p − one-hot: {p[place]:.4f} − {int(place == target)} = {right:.3f}.",
        decimals=3,
        mistakes=[
            (p[place], "the target is not taken off"),
            (-right, "the sign is turned around"),
            (p[place] * (1 - p[place]), "the derivative of the softmax alone is given"),
            (-1 / p[target] * (place == target), "the gradient at the probability is given"),
        ],
    )


def weighted(rng, logits, target):
    second, other = rng.sample([-2.0, -1.0, 0.0, 1.0, 2.0], k=len(logits)), rng.randrange(len(logits))
    weights = [float(w) for w in rng.sample([1, 2, 3, 5], len(logits))]
    rows, targets = [logits, second], [target, other]
    losses = [-math.log(softmax(row)[t]) for row, t in zip(rows, targets, strict=True)]
    w = [weights[t] for t in targets]
    right = (w[0] * losses[0] + w[1] * losses[1]) / sum(w)
    value = F.cross_entropy(
        torch.tensor(rows, dtype=torch.float64), torch.tensor(targets), weight=torch.tensor(weights, dtype=torch.float64)
    )
    return decimal(
        f"Two rows of logits {rows}, targets {targets}, class weights {weights}. What is `F.cross_entropy(..., weight=weights)`?",
        answer=value.item(),
        formula=right,
        working=f"Losses {losses[0]:.4f} and {losses[1]:.4f}. The mean divides by the sum of the weights of the targets: "
        f"({w[0]:g}×{losses[0]:.4f} + {w[1]:g}×{losses[1]:.4f}) / {sum(w):g} = {right:.3f}.",
        decimals=3,
        mistakes=[
            ((w[0] * losses[0] + w[1] * losses[1]) / 2, "it is divided by the number of rows"),
            (sum(losses) / 2, "the weights are left out"),
            (w[0] * losses[0] + w[1] * losses[1], "it is not divided at all"),
            ((w[0] * losses[0] + w[1] * losses[1]) / sum(weights), "it is divided by the sum of all class weights"),
        ],
    )


def temperature(rng, logits, target):
    t = rng.choice([0.5, 2.0, 4.0])
    scaled = [z / t for z in logits]
    return decimal(
        f"Logits {logits}, temperature {t}. What is the probability of class {target}?",
        answer=run(lambda z: F.softmax(z / t, dim=-1), logits)[0, target].item(),
        formula=softmax(scaled)[target],
        working=f"exp({scaled[target]:g}) / ({summed(scaled)}) = {softmax(scaled)[target]:.3f}.",
        decimals=3,
        mistakes=[
            (softmax([z * t for z in logits])[target], "the logits are multiplied by the temperature"),
            (softmax(logits)[target], "the temperature is left out"),
            (softmax(logits)[target] / t, "the probability is divided by the temperature"),
        ],
    )
