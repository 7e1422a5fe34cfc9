"""Accuracy on new pumps of a network that is made anew from the submission's state."""

import torch

NORMAL = torch.tensor([310_000.0, 330.0, 0.0004])
SPREAD = torch.tensor([9_000.0, 5.0, 0.0001])
SIGNS = torch.tensor([[0.0, 0.0, 0.0], [-0.5, 2.0, 2.5], [-2.5, -0.5, 1.5]])


def measure(model, seed):
    generator = torch.Generator().manual_seed(seed)
    state = torch.randint(0, 3, (3000,), generator=generator)
    noise = torch.randn(3000, 3, generator=generator)
    scores = model(NORMAL + SPREAD * (SIGNS[state] + noise))
    return (scores.argmax(dim=1) == state).double().mean().item()
