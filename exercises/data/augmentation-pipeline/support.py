"""Many draws of a transform, and simple transforms for a chain."""

import torch


def draw(transform, image, seed=0):
    return transform(image, torch.Generator().manual_seed(seed))


def many(transform, image, times, seed):
    """One generator for all draws: (times, c, h, w)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.stack([transform(image, generator) for _ in range(times)])


def global_state_kept(transform, image):
    torch.manual_seed(1234)
    before = torch.get_rng_state()
    many(transform, image, 4, 0)
    return torch.equal(before, torch.get_rng_state())


def double(image, generator):
    return image * 2


def add_one(image, generator):
    return image.add_(1)


def itself(image, generator):
    return image


def noise(image, generator):
    return image + torch.rand(image.shape, generator=generator)


def chain(compose, *names):
    return compose([globals()[name] for name in names])
