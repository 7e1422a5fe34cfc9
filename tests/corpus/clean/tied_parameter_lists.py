"""An autoencoder whose decoder has the transposed weights of the encoder, in parameter lists."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class TiedAE(nn.Module):
    """Deep autoencoder, decoder weights are the encoder's transposed; plus a mixture head in a ParameterList."""

    def __init__(self, sizes=(20, 16, 6)):
        super().__init__()
        self.w = nn.ParameterList([nn.Parameter(torch.randn(b, a) / a ** 0.5) for a, b in zip(sizes, sizes[1:])])
        self.be = nn.ParameterList([nn.Parameter(torch.zeros(b)) for b in sizes[1:]])
        self.bd = nn.ParameterDict({str(i): nn.Parameter(torch.zeros(a)) for i, a in enumerate(sizes[:-1])})
        self.act = nn.Tanh()
        self.frozen_scale = nn.Parameter(torch.ones(20), requires_grad=False)

    def forward(self, x):
        shared = [w for w in self.w]      # a helper list of registered things
        for w, b in zip(shared, self.be):
            x = self.act(F.linear(x, w, b))
        code = x
        for i in reversed(range(len(shared))):
            x = F.linear(x, shared[i].t(), self.bd[str(i)])
            if i:
                x = self.act(x)
        return x * self.frozen_scale, code


basis = torch.randn(4, 20)
data = torch.randn(500, 4) @ basis / 2 + 0.05 * torch.randn(500, 20)
model = TiedAE()
opt = torch.optim.Adam((p for p in model.parameters() if p.requires_grad), lr=1e-2)
for epoch in range(8):
    for chunk in data[torch.randperm(450)].split(50):
        noisy = chunk + 0.1 * torch.randn_like(chunk)
        rec, code = model(noisy)
        loss = F.mse_loss(rec, chunk) + 1e-3 * code.abs().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print(epoch, loss.item(), F.mse_loss(model(data[450:])[0], data[450:]).item())
