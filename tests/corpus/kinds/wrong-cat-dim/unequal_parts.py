# break: Reader.forward.cat
# where: torch.cat((
import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 10)
        self.rnn = nn.GRU(13, 16, batch_first=True)
        self.out = nn.Linear(16, 2)

    def forward(self, tokens, gaps):
        steps = torch.cat((self.embed(tokens), gaps), -1)
        return self.out(self.rnn(steps)[1][-1])


def main():
    torch.manual_seed(3)
    tokens, gaps = torch.randint(0, 12, (96, 7)), torch.rand(96, 7, 3)
    kinds = (tokens[:, -1] > 5).long()
    reader = Reader()
    opt = torch.optim.RMSprop(reader.parameters(), lr=0.01)
    for step in range(12):
        rows = torch.randint(0, 96, (24,))
        loss = nn.functional.cross_entropy(reader(tokens[rows], gaps[rows]), kinds[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(loss.item())


main()
