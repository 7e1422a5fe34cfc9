import torch
import torch.nn.functional as F
from torch import nn


class NoisyDecoder(nn.Module):
    """Dropout in the attention weights, noise on the embeddings and batch norm, all of them in training."""

    def __init__(self, symbols=13, width=16, rate=0.2):
        super().__init__()
        self.rate = rate
        self.symbols = nn.Embedding(symbols, width)
        self.order = nn.Parameter(0.1 * torch.randn(16, width))
        self.project = nn.Linear(width, 3 * width)
        self.norm = nn.BatchNorm1d(width)
        self.scores = nn.Linear(width, symbols)

    def forward(self, tokens):
        h = self.symbols(tokens) + self.order[: tokens.size(1)]
        if self.training:
            h = h + 0.05 * torch.randn_like(h)
        q, k, v = self.project(h).chunk(3, dim=-1)
        rate = self.rate if self.training else 0.0
        h = h + F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=rate)
        h = self.norm(h.transpose(1, 2)).transpose(1, 2)
        return self.scores(F.dropout(h, 0.1, self.training))


def train_step(decoder, optimizer, rows):
    logits = decoder(rows[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, logits.size(-1)), rows[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


torch.manual_seed(1)
decoder = NoisyDecoder()
optimizer = torch.optim.Adam(decoder.parameters(), lr=0.01)
rows = torch.randint(13, (80, 14)).cumsum(dim=1) % 13
for order in (torch.randperm(80).split(16) for _ in range(8)):
    losses = [train_step(decoder, optimizer, rows[chosen]) for chosen in order]
print(sum(losses) / len(losses))
