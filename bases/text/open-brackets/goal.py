"""The share of new strings that are judged right."""

import random

import torch


def is_balanced(string):
    depth = 0
    for bracket in string:
        depth += 1 if bracket == 1 else -1
        if depth < 0:
            return False
    return depth == 0


def measure(model, seed):
    chance = random.Random(seed)
    right = 0
    strings, labels = [], []
    while len(strings) < 400:
        half = chance.randint(2, 6)
        string = [chance.choice((1, 2)) for _ in range(2 * half)]
        if len(strings) % 2 == 0:
            depth, made = 0, []
            while len(made) < 2 * half:
                if depth and (depth == 2 * half - len(made) or chance.random() < 0.5):
                    made.append(2)
                    depth -= 1
                else:
                    made.append(1)
                    depth += 1
            string = made
        strings.append(string)
        labels.append(is_balanced(string))
    for string, label in zip(strings, labels):
        logit = model(torch.tensor([string]), torch.tensor([len(string)]))
        right += bool(logit.item() > 0) == label
    return right / len(strings)
