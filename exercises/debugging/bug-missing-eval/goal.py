"""The share of damaged machines that the network notices with the alarm level it has set itself.

A level that lets too many normal sounds raise an alarm counts as none.
"""

import torch

WIDTH, TONES = 24, 4
BASIS = torch.sin(torch.arange(WIDTH) * torch.arange(1, TONES + 1).unsqueeze(1) * 0.4)
DAMAGE = 1.7
MOST_FALSE = 0.15


def record(n_sounds, damage, generator):
    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    sounds = normal(n_sounds, TONES).clamp(-2, 2) @ BASIS + 0.1 * normal(n_sounds, WIDTH)
    places = torch.randint(0, WIDTH, (n_sounds,), generator=generator)
    sounds[torch.arange(n_sounds), places] += damage
    return sounds


def measure(model, seed):
    generator = torch.Generator().manual_seed(seed)
    alarms = []
    for damage in (0.0, DAMAGE):
        sounds = record(2000, damage, generator)
        alarms.append(((model(sounds) - sounds).square().mean(dim=1) > model.level).double().mean().item())
    false, true = alarms
    return true if false <= MOST_FALSE else 0.0
