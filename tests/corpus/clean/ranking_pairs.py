"""Pairwise ranking: one scorer for both items of a pair, a margin between them, the order of a held-out list."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)
items = torch.randn(300, 6)
quality = items @ torch.tensor([1.0, 0.5, 0.0, -0.5, 0.2, 0.0]) + 0.1 * torch.randn(300)
pairs = torch.randint(0, 240, (600, 2))
pairs = pairs[pairs[:, 0] != pairs[:, 1]]
order = torch.sign(quality[pairs[:, 0]] - quality[pairs[:, 1]])
loader = DataLoader(TensorDataset(pairs, order), batch_size=60, shuffle=True)

scorer = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.MarginRankingLoss(margin=0.5)
optimizer = torch.optim.Adam(scorer.parameters(), lr=5e-3)
for epoch in range(5):
    scorer.train()
    for pair, sign in loader:
        first, second = scorer(items[pair[:, 0]]).squeeze(1), scorer(items[pair[:, 1]]).squeeze(1)
        loss = criterion(first, second, sign)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scorer.eval()
    with torch.no_grad():
        scores = scorer(items[240:]).squeeze(1)
    agree = ((scores.unsqueeze(0) > scores.unsqueeze(1)) == (quality[240:].unsqueeze(0) > quality[240:].unsqueeze(1)))
    print(f"epoch {epoch}: loss {loss.item():.4f}, pairs in order {agree.float().mean().item():.3f}")
