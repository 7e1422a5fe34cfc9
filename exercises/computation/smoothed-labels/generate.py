"""Label smoothing: PyTorch's own loss, and the target that its gradient shows."""

import math

import torch
from torch.nn import functional as F

from torchdojo.domain.asking import decimal


def question(rng, level):
    classes, epsilon = rng.choice([4, 5, 10, 20]), rng.choice([0.05, 0.1, 0.2, 0.3])
    if level == 1:
        return target_value(rng, classes, epsilon)
    classes = 3 if level == 2 else rng.choice([3, 4])
    logits = [float(z) for z in rng.sample([-2, -1, 0, 1, 2, 3], classes)]
    truth = rng.randrange(classes)
    logs = [z - math.log(sum(math.exp(other) for other in logits)) for z in logits]

    def loss(own, others):
        return -sum((own if place == truth else others) * log for place, log in enumerate(logs))

    share = epsilon / classes
    right = loss(1 - epsilon + share, share)
    value = F.cross_entropy(torch.tensor([logits], dtype=torch.float64), torch.tensor([truth]), label_smoothing=epsilon)
    return decimal(
        f"Logits {logits}, true class {truth}, label_smoothing={epsilon}. What is `F.cross_entropy`?",
        answer=value.item(),
        formula=right,
        working=f"Log-probabilities {[round(log, 4) for log in logs]}. Target {1 - epsilon + share:.4f} for class {truth}, {share:.4f} for the "
        f"others. Minus the sum of their products: {right:.3f}.",
        decimals=3,
        mistakes=[
            (loss(1 - epsilon, epsilon / (classes - 1)), "ε is spread over the other classes only"),
            (loss(1, 0), "the smoothing is left out"),
            (loss(1 - epsilon, share), "the true class does not get its part of ε"),
            (loss(1 - epsilon, 0), "the other classes get nothing"),
        ],
    )


def target_value(rng, classes, epsilon):
    true = rng.random() < 0.5
    share = epsilon / classes
    right = 1 - epsilon + share if true else share
    # At equal logits every probability is 1/k, and the gradient is 1/k minus the target.
    logits = torch.zeros(1, classes, dtype=torch.float64, requires_grad=True)
    F.cross_entropy(logits, torch.tensor([0]), label_smoothing=epsilon).backward()
    value = 1 / classes - logits.grad[0, 0 if true else 1].item()
    which = "the true class" if true else "each other class"
    return decimal(
        f"{classes} classes, label_smoothing={epsilon}. What is the target of {which}?",
        answer=value,
        formula=right,
        working=f"ε/k = {epsilon}/{classes} = {share:.4f}; the true class gets 1 − ε more: {1 - epsilon + share:.4f}. So {which} has {right:.4f}.",
        decimals=4,
        mistakes=[
            (1 - epsilon if true else epsilon / (classes - 1), "ε is spread over the other classes only"),
            (1.0 if true else 0.0, "the smoothing is left out"),
            (epsilon if not true else 1 - epsilon / 2, "ε itself is used"),
            (share if true else 1 - epsilon + share, "true and other classes are confused"),
        ],
    )
