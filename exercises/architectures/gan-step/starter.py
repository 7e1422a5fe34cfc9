import torch
import torch.nn.functional as F
from torch import nn


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
    raise NotImplementedError
