import torch
from torch import nn

torch.manual_seed(0)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 12)
        self.rnn = nn.GRU(12, 16)
        self.out = nn.Linear(16, 10)

    def forward(self, tokens, state):
        h, state = self.rnn(self.embed(tokens), state)
        return self.out(h).view(-1, 10), state


stream = (torch.randint(0, 3, (2000,)).cumsum(0) % 10).view(8, -1).t().contiguous()
model = Recurrent()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
state = torch.zeros(1, 8, 16)
for start in range(0, 240, 12):
    x, y = stream[start : start + 12], stream[start + 1 : start + 13].reshape(-1)
    state = state.detach()
    scores, state = model(x, state)
    loss = nn.functional.cross_entropy(scores, y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
