# break: Trainer.update.self.opt
# where: self.opt.zero_grad(set_to_none=False)
import torch
import torch.nn.functional as F
from torch import nn


class Trainer:
    """Fits a text classifier on bags of words."""

    def __init__(self, words, classes):
        self.net = nn.Sequential(nn.EmbeddingBag(words, 16), nn.ReLU(), nn.Linear(16, classes))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.3, momentum=0.9)

    def update(self, tokens, labels):
        loss = F.cross_entropy(self.net(tokens), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
        self.opt.step()
        self.opt.zero_grad(set_to_none=False)
        return float(loss)


def main():
    torch.manual_seed(0)
    tokens = torch.randint(0, 50, (160, 9))
    labels = (tokens > 25).sum(1).gt(4).long()
    trainer = Trainer(50, 2)
    for step in range(40):
        rows = torch.randint(0, 160, (16,))
        value = trainer.update(tokens[rows], labels[rows])
    print(f"{value:.3f}")


if __name__ == "__main__":
    main()
