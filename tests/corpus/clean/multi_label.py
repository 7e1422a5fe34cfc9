"""Multi-label tagging: one logit for each tag, float targets, a threshold for evaluation."""
import torch
from torch import nn

torch.manual_seed(37)
VOCAB, TAGS, LENGTH = 40, 5, 12
tokens = torch.randint(1, VOCAB, (300, LENGTH))
tags = torch.stack([((tokens % TAGS) == t).sum(1) >= 3 for t in range(TAGS)], dim=1).float()
pos_weight = (1 - tags.mean(0)) / tags.mean(0).clamp(min=0.05)


class BagOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.EmbeddingBag(VOCAB, 24, mode="mean")
        self.fc = nn.Linear(24, TAGS)

    def forward(self, x):
        return self.fc(self.embed(x))


def batches(size):
    for idx in torch.randperm(240).split(size):
        yield tokens[idx], tags[idx]


model = BagOfWords()
criterion = nn.BCEWithLogitsLoss(pos_weight=pos_weight)
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.1)
for epoch in range(8):
    losses = []
    for x, y in batches(40):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    if epoch % 4 == 3:
        with torch.no_grad():
            guess = model(tokens[240:]).sigmoid() > 0.5
        hit = (guess.float() * tags[240:]).sum()
        f1 = 2 * hit / (guess.sum() + tags[240:].sum())
        print(f"epoch {epoch} loss {sum(losses) / len(losses):.4f} f1 {f1.item():.3f}")
