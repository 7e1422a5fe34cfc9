# break: Pool.forward.scores
# where: self.net(
import torch
import torch.nn.functional as F
from torch import nn


class Pool(nn.Module):
    """Weighs the events of a patient's record and adds them up."""

    def __init__(self, kinds, width):
        super().__init__()
        self.kinds = nn.Embedding(kinds, width)
        self.mix = nn.Sequential(nn.Linear(width, width), nn.Tanh())
        self.score = nn.Linear(width, 1)
        self.risk = nn.Linear(width, 1)

    def forward(self, events, lengths):
        h = self.mix(self.kinds(events))
        scores = self.score(h).squeeze(-1)
        valid = torch.arange(events.size(1), device=events.device) < lengths[:, None]
        scores = scores.masked_fill(~valid, float("-inf"))
        weights = F.softmax(scores, dim=1)
        return self.risk((weights[..., None] * h).sum(1)).squeeze(-1)


class Study:
    def __init__(self, net, rate):
        self.net = net
        self.optimizer = torch.optim.AdamW(net.parameters(), lr=rate)

    def update(self, batch):
        events, lengths, outcome = batch
        loss = F.binary_cross_entropy_with_logits(self.net(events, lengths), outcome)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


def records(n, longest=9):
    lengths = torch.randint(2, longest + 1, (n,))
    events = torch.randint(1, 20, (n, longest))
    events[torch.arange(longest) >= lengths[:, None]] = 0
    outcome = (events == 7).any(1) | (events == 8).any(1)
    return events, lengths, outcome.float()


if __name__ == "__main__":
    torch.manual_seed(2)
    events, lengths, outcome = records(256)
    study = Study(Pool(20, 12), rate=1e-2)
    for epoch in range(5):
        for rows in torch.randperm(256).split(32):
            loss = study.update((events[rows], lengths[rows], outcome[rows]))
    print(round(loss, 3))
