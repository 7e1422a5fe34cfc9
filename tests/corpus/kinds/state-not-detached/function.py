# break: train.hidden
# where: loss.backward()
import torch
from torch import nn


def train(rnn, head, chunks, optimizer):
    hidden = None
    for x, y in chunks:
        if hidden is not None:
            hidden = hidden.detach()
        out, hidden = rnn(x, hidden)
        loss = nn.functional.mse_loss(head(out).squeeze(2), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


torch.manual_seed(0)
wave = torch.sin(torch.arange(8 * 201) * 0.2).view(8, 201)
chunks = [(wave[:, i : i + 10, None], wave[:, i + 1 : i + 11]) for i in range(0, 200, 10)]
rnn, head = nn.GRU(1, 8, batch_first=True), nn.Linear(8, 1)
optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.01)
print(train(rnn, head, chunks, optimizer))
