# style: torch.autograd.grad per network, gradients put into place by hand, two backward passes of the discriminator's terms
import torch
import torch.nn as nn


def _take(loss, network, optimizer):
    parameters = [p for p in network.parameters() if p.requires_grad]
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = gradient
    optimizer.step()


def gan_step(generator, discriminator, real, z, generator_optimizer, discriminator_optimizer, real_label=1.0):
    if not (real.numel() and z.numel()):
        raise ValueError("nothing to learn from")
    generator.train(), discriminator.train()
    criterion = nn.BCEWithLogitsLoss(reduction="sum")
    fakes = generator(z)
    looks_real = discriminator(real)
    looks_fake = discriminator(fakes.data)
    d = criterion(looks_real, torch.ones_like(looks_real) * real_label) / len(real)
    d = d + criterion(looks_fake, torch.zeros_like(looks_fake)) / len(z)
    _take(d, discriminator, discriminator_optimizer)
    fooled = discriminator(fakes)
    g = criterion(fooled, torch.ones_like(fooled)) / len(z)
    _take(g, generator, generator_optimizer)
    return d.item(), g.item()
