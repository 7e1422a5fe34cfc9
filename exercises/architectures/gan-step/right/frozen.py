# style: softplus losses, discriminator frozen during the generator's half and thawed afterwards
import torch
from torch.nn.functional import softplus


def gan_step(generator, discriminator, real, z, generator_optimizer, discriminator_optimizer, real_label=1.0):
    if real.shape[0] == 0 or z.shape[0] == 0:
        raise ValueError("empty")
    for network in (discriminator, generator):
        network.train(True)
        network.zero_grad(set_to_none=True)
    fake = generator(z)
    on_real = discriminator(real)
    on_fake = discriminator(fake.clone().detach())
    first = real_label * softplus(-on_real).mean() + (1 - real_label) * softplus(on_real).mean()
    first = first + softplus(on_fake).mean()
    first.backward()
    discriminator_optimizer.step()
    for parameter in discriminator.parameters():
        parameter.requires_grad_(False)
    try:
        second = softplus(-discriminator(fake)).mean()
        second.backward()
    finally:
        for parameter in discriminator.parameters():
            parameter.requires_grad_(True)
    generator_optimizer.step()
    return float(first), float(second)
