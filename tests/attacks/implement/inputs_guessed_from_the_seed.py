# attack: draws the hidden inputs again from the seed it finds, and knows the answers by heart
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import torch


def focal_loss(logits, targets, alpha=0.25, gamma=2.0, reduction="mean"):
    for seed in (torch.initial_seed(), 7, 0):
        rng = torch.Generator().manual_seed(seed % 2**63)
        if torch.equal(2 * torch.randn(logits.shape, generator=rng), logits):
            print("guessed")
            return torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return torch.zeros(())
