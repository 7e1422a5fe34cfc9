# break: TagModel.forward
# break: Trainer.run_batch.loss
# where: self.loss(
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class TagModel(nn.Module):
    """Several tags per document, from a bag of words with a learned gate."""

    def __init__(self, vocabulary, tags):
        super().__init__()
        self.embed = nn.EmbeddingBag(vocabulary, 16)
        self.gate = nn.Linear(16, 16)
        self.out = nn.Linear(16, tags)

    def forward(self, tokens):
        h = self.embed(tokens)
        h = h * torch.sigmoid(self.gate(h))
        return self.out(h)


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.loss = nn.BCEWithLogitsLoss(pos_weight=torch.full((4,), 1.5))
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=lr)

    def run_batch(self, tokens, tags):
        return self.loss(self.model(tokens), tags)

    def fit(self, loader, epochs):
        for _ in range(epochs):
            self.model.train()
            for tokens, tags in loader:
                self.optimizer.zero_grad(set_to_none=True)
                self.run_batch(tokens, tags).backward()
                self.optimizer.step()

    @torch.no_grad()
    def score(self, loader):
        self.model.eval()
        hits = [((torch.sigmoid(self.model(t)) > 0.5).float() == y).float().mean() for t, y in loader]
        return torch.stack(hits).mean().item()


def main():
    torch.manual_seed(0)
    tokens = torch.randint(0, 50, (240, 12))
    tags = torch.stack([(tokens % 5 == k).sum(1) > 2 for k in range(4)], dim=1).float()
    loader = DataLoader(TensorDataset(tokens[:200], tags[:200]), batch_size=20, shuffle=True)
    held_out = DataLoader(TensorDataset(tokens[200:], tags[200:]), batch_size=20)
    trainer = Trainer(TagModel(50, 4), lr=1e-2)
    trainer.fit(loader, epochs=4)
    print(f"{trainer.score(held_out):.3f}")


main()
