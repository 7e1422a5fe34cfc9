# break: Echo.project
# where: Linear(self.width, self.out)
import torch
from torch.nn import GRU, Linear, Module, MSELoss
from torch.utils.data import DataLoader, TensorDataset


class Echo(Module):
    """Answers with the sum of what it has heard."""

    def __init__(self, width: int, out: int):
        super().__init__()
        self.rnn = GRU(2, width, batch_first=True)
        self.project = Linear(width, out)

    def forward(self, heard):
        _, last = self.rnn(heard)
        return self.project(last[-1])


def train_step(model, batch, criterion, optimizer):
    heard, answer = batch
    loss = criterion(model(heard), answer)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def main():
    torch.manual_seed(5)
    heard = torch.randn(256, 6, 2)
    data = DataLoader(TensorDataset(heard, heard.sum(1)), batch_size=32, shuffle=True)
    model = Echo(12, 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(4):
        losses = [train_step(model, batch, MSELoss(), optimizer) for batch in data]
        print(epoch, sum(losses) / len(losses))


main()
