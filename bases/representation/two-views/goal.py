"""How much better two views of one row match than views of different rows, on rows around new centres."""

import torch

DRAWS = 16


def measure(model, seed):
    return torch.stack([margin(model) for _ in range(DRAWS)]).mean()


def margin(model, rows=128):
    centres = torch.randn(6, 20)
    made = centres[torch.randint(6, (rows,))] + 0.4 * torch.randn(rows, 20)
    similarity = model(view(made)) @ model(view(made)).T
    matched = similarity.diagonal().mean()
    return matched - (similarity.sum() - similarity.diagonal().sum()) / (rows * (rows - 1))


def view(rows):
    return rows.masked_fill(torch.rand_like(rows) < 0.2, 0.0) + 0.2 * torch.randn_like(rows)
