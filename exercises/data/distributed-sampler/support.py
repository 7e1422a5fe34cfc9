"""The global random generator, before and after."""

import torch


def global_state_kept(sampler):
    torch.manual_seed(1234)
    before = torch.get_rng_state()
    list(sampler)
    return torch.equal(before, torch.get_rng_state())


def with_other_global_seed(sampler, seed):
    torch.manual_seed(seed)
    return list(sampler)
