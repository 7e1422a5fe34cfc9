# break: Tagger.forward.log_softmax
# where: .log_softmax(
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.rnn = nn.LSTM(8, 10, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(20, 5)

    def forward(self, words):
        states, _ = self.rnn(self.embed(words))
        return self.fc(states).log_softmax(dim=2)


class Loop:
    def __init__(self):
        self.net = Tagger()
        self.loss = nn.NLLLoss()
        self.opt = torch.optim.Adam(self.net.parameters(), lr=2e-2)

    def __call__(self, words, tags):
        self.opt.zero_grad()
        loss = self.loss(self.net(words).view(-1, 5), tags.view(-1))
        loss.backward()
        self.opt.step()
        return loss.item()


torch.manual_seed(0)
words = torch.randint(0, 20, (120, 7))
loop = Loop()
for i in range(30):
    rows = torch.randint(0, 120, (12,))
    last = loop(words[rows], words[rows] % 5)
print(last)
