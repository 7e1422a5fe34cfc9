# break: VoteModel.forward.log_softmax
# break: Fitter.fit.criterion
# where: self.criterion(
import torch
from torch import nn


class VoteModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 12, batch_first=True)
        self.head = nn.Linear(12, 5)

    def forward(self, series):
        _, last = self.rnn(series)
        return torch.log_softmax(self.head(last[-1]), dim=-1)


class Fitter:
    """Fits predicted shares of votes to counted ones."""

    def __init__(self, model):
        self.model = model
        self.criterion = nn.KLDivLoss(reduction="batchmean")
        self.optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)

    def fit(self, series, shares, steps):
        for _ in range(steps):
            rows = torch.randint(0, len(series), (16,))
            predicted, counted = self.model(series[rows]), shares[rows]
            divergence = self.criterion(predicted, counted)
            self.optimizer.zero_grad()
            divergence.backward()
            self.optimizer.step()
        return divergence.item()


torch.manual_seed(1)
series = torch.randn(120, 7, 3)
votes = torch.rand(120, 5) + 4 * torch.nn.functional.one_hot(series.sum((1, 2)).abs().long().clamp(max=4), 5)
print(Fitter(VoteModel()).fit(series, votes / votes.sum(1, keepdim=True), steps=40))
