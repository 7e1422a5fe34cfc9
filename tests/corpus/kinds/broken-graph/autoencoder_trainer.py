# break: Autoencoding.training_step.code
import itertools

import torch


class Autoencoding:
    """Encoder and decoder are models of their own, trained by one optimizer."""

    def __init__(self, size, code):
        self.encoder = torch.nn.Sequential(torch.nn.Linear(size, 24), torch.nn.ELU(), torch.nn.Linear(24, code))
        self.decoder = torch.nn.Sequential(torch.nn.Linear(code, 24), torch.nn.ELU(), torch.nn.Linear(24, size))
        parameters = itertools.chain(self.encoder.parameters(), self.decoder.parameters())
        self.optimizer = torch.optim.Adam(parameters, lr=5e-3)

    def training_step(self, x):
        code = self.encoder(x)
        return torch.nn.functional.mse_loss(self.decoder(code), x)

    def on_batch(self, x):
        self.optimizer.zero_grad()
        loss = self.training_step(x)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def fit(self, data, epochs):
        for _ in range(epochs):
            losses = [self.on_batch(x) for x in data[torch.randperm(len(data))].split(25)]
            print(torch.stack(losses).mean().item())


torch.manual_seed(0)
Autoencoding(10, 3).fit(torch.randn(200, 3) @ torch.randn(3, 10), 4)
