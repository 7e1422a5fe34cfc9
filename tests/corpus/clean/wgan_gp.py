"""A Wasserstein GAN with gradient penalty: several critic steps for each generator step."""
import torch
from torch import autograd, nn

torch.manual_seed(6)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(3, 24), nn.ReLU(True), nn.Linear(24, 2))

    def forward(self, noise):
        return self.main(noise)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2, True), nn.Linear(24, 1))

    def forward(self, x):
        return self.main(x).view(-1)


def gradient_penalty(critic, real, fake):
    alpha = torch.rand(real.size(0), 1)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    scores = critic(mixed)
    grads = autograd.grad(
        outputs=scores, inputs=mixed, grad_outputs=torch.ones_like(scores), create_graph=True, retain_graph=True
    )[0]
    return ((grads.norm(2, dim=1) - 1) ** 2).mean()


G, D = Generator(), Critic()
optG = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.9))
optD = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.0, 0.9))

for iteration in range(15):
    for p in D.parameters():
        p.requires_grad = True
    for _ in range(3):
        real = torch.randn(32, 2) * 0.3 + torch.tensor([1.0, -1.0])
        with torch.no_grad():
            fake = G(torch.randn(32, 3))
        optD.zero_grad()
        d_loss = D(fake).mean() - D(real).mean() + 10 * gradient_penalty(D, real, fake)
        d_loss.backward()
        optD.step()
    for p in D.parameters():
        p.requires_grad = False
    optG.zero_grad()
    g_loss = -D(G(torch.randn(32, 3))).mean()
    g_loss.backward()
    optG.step()
print(f"critic {d_loss.item():.3f}, generator {g_loss.item():.3f}")
