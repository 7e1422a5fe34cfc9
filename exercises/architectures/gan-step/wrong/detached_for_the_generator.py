# style: detaches the fakes once for both halves
# verdict: wrong_answer
# caught by: test_each_half_moves_its_network
import torch
import torch.nn.functional as F
from torch import nn


def bce(logits: torch.Tensor, label: float) -> torch.Tensor:
    """logits: (n,) or (n, 1); the same label for all. Returns a scalar."""
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))  # ()


def gan_step(
    generator: nn.Module,
    discriminator: nn.Module,
    real: torch.Tensor,
    z: torch.Tensor,
    generator_optimizer: torch.optim.Optimizer,
    discriminator_optimizer: torch.optim.Optimizer,
    real_label: float = 1.0,
) -> tuple[float, float]:
    """One step of the discriminator, then one of the generator. Returns (loss_d, loss_g).

    real: (n, ...); z: (m, ...); the discriminator gives logits, (n,) or (n, 1).
    """
    if not len(real) or not len(z):
        raise ValueError("real and z must not be empty")
    generator.train()
    discriminator.train()
    fake = generator(z).detach()  # (m, ...)

    discriminator_optimizer.zero_grad()
    loss_d = bce(discriminator(real), real_label) + bce(discriminator(fake.detach()), 0.0)  # ()
    loss_d.backward()
    discriminator_optimizer.step()

    generator_optimizer.zero_grad()
    loss_g = bce(discriminator(fake), 1.0)  # ()
    loss_g.backward()
    generator_optimizer.step()
    return loss_d.item(), loss_g.item()
