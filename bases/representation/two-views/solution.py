"""Learn a representation without labels: two noisy views of a row should find each other in a batch."""

import torch
import torch.nn.functional as F
from torch import nn

GROUPS, FEATURES = 6, 20


def make_rows(count, centres):
    """Rows (count, 20) around one of six centres, and the number of the centre (count,)."""
    group = torch.randint(GROUPS, (count,))
    return centres[group] + 0.4 * torch.randn(count, FEATURES), group


def view(rows):
    """A random view: some features hidden, some noise added."""
    hidden = torch.rand_like(rows) < 0.2
    return rows.masked_fill(hidden, 0.0) + 0.2 * torch.randn_like(rows)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(FEATURES, 64), nn.ReLU(), nn.Linear(64, 32))
        self.projector = nn.Sequential(nn.ReLU(), nn.Linear(32, 16))

    def forward(self, rows):
        return F.normalize(self.projector(self.body(rows)), dim=1)


def contrastive_loss(first, second, temperature=0.2):
    """NT-Xent: each view has to pick its partner among all the other views of the batch."""
    both = torch.cat([first, second])
    similarity = both @ both.T / temperature
    similarity.fill_diagonal_(float("-inf"))
    count = len(first)
    partner = torch.cat([torch.arange(count) + count, torch.arange(count)]).to(both.device)
    return F.cross_entropy(similarity, partner)


@torch.no_grad()
def neighbours_agree(encoder, rows, groups):
    """The share of rows whose nearest neighbour comes from the same group."""
    encoder.eval()
    codes = encoder.body(rows)
    distance = torch.cdist(codes, codes)
    distance.fill_diagonal_(float("inf"))
    return (groups[distance.argmin(dim=1)] == groups).float().mean().item()


def main(epochs=8, batch=64):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    centres = torch.randn(GROUPS, FEATURES)
    rows, _ = make_rows(960, centres)
    new_rows, new_groups = make_rows(240, centres)
    encoder = Encoder().to(device)
    optimizer = torch.optim.Adam(encoder.parameters(), lr=2e-3)
    for epoch in range(epochs):
        encoder.train()
        total = 0.0
        for chosen in torch.randperm(len(rows)).split(batch):
            part = rows[chosen].to(device)
            loss = contrastive_loss(encoder(view(part)), encoder(view(part)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        agree = neighbours_agree(encoder, new_rows.to(device), new_groups.to(device))
        print(f"epoch {epoch}  loss {total / (len(rows) // batch):.3f}  neighbours agree {agree:.3f}")


if __name__ == "__main__":
    main()
