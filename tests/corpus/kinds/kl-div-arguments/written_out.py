"""Log-probabilities used in many ways, none of them by kl_div: written-out losses, entropies, transforms, no gradient."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 4)
pupil, master = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 6)), nn.Linear(4, 6).requires_grad_(False)
optimizer = torch.optim.Adam(pupil.parameters(), lr=1e-2)


def surprise(scores, wanted):
    return -(wanted * scores.log_softmax(-1)).sum()


for step in range(24):
    rows = torch.randint(0, 128, (16,))
    own, wanted = pupil(x[rows]), master(x[rows]).softmax(1)
    logs = torch.log_softmax(own, dim=1)
    divergence = (wanted * (wanted.log() - logs)).sum(1).mean()
    entropy = -(logs.exp() * logs).sum(1).mean()
    drawn = torch.distributions.Categorical(logits=own).sample()
    reinforced = -(own.softmax(1).log().gather(1, drawn[:, None]).squeeze(1) * wanted.max(1).values).mean()
    pixels = F.log_softmax(own.view(4, 2, 6, 2).transpose(1, 2), dim=1)
    pull = torch.func.vmap(torch.func.grad(surprise))(own.detach(), wanted)
    shifted = logs.clone()
    shifted[:, 0] -= 0.1
    loss = divergence - 0.01 * entropy + 0.1 * reinforced - 0.01 * pixels.mean() + 1e-3 * shifted.logsumexp(1).mean()
    loss = loss + 1e-3 * (own * pull).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item(), F.log_softmax(pupil(x), 1).detach().max().item())
