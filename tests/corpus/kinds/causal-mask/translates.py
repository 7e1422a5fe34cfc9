import torch
from torch import nn

torch.manual_seed(0)
BEGIN = 0


class Reverser(nn.Module):
    """The encoder sees the whole source, the decoder only what was written."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 16)
        self.places = nn.Parameter(torch.randn(9, 16) * 0.1)
        self.body = nn.Transformer(16, 2, 1, 1, 32, batch_first=True)
        self.out = nn.Linear(16, 12)

    def forward(self, source, written):
        hidden = nn.Transformer.generate_square_subsequent_mask(written.size(1))
        h = self.body(
            self.embed(source) + self.places[: source.size(1)],
            self.embed(written) + self.places[: written.size(1)],
            tgt_mask=hidden,
            tgt_is_causal=True,
        )
        return self.out(h)


source = torch.randint(1, 12, (96, 8))
target = torch.cat([torch.full((96, 1), BEGIN), source.flip(1)], dim=1)
pairs = torch.utils.data.TensorDataset(source, target)
model = Reverser()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(3):
    for s, t in torch.utils.data.DataLoader(pairs, batch_size=16, shuffle=True):
        scores = model(s, t[:, :-1])
        loss = nn.functional.cross_entropy(scores.reshape(-1, 12), t[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
