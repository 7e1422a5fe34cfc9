"""A stateful LSTM over long parallel streams: the state is carried on and cut from the graph at each chunk."""
import torch
from torch import nn
import torch.nn.functional as F


def repackage(h):
    if isinstance(h, torch.Tensor):
        return h.detach()
    return tuple(repackage(v) for v in h)


class RNNModel(nn.Module):
    def __init__(self, ntoken, ninp, nhid, dropout=0.1, tie=True):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = nn.LSTM(ninp, nhid)
        self.decoder = nn.Linear(nhid, ntoken)
        if tie:
            self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)

    def forward(self, x, hidden):
        output, hidden = self.rnn(self.drop(self.encoder(x)), hidden)
        return self.decoder(self.drop(output)), hidden

    def init_hidden(self, bsz):
        w = next(self.parameters())
        return w.new_zeros(1, bsz, self.rnn.hidden_size), w.new_zeros(1, bsz, self.rnn.hidden_size)


def batchify(data, bsz):
    n = data.size(0) // bsz
    return data[: n * bsz].view(bsz, -1).t().contiguous()


def get_batch(source, i, bptt):
    length = min(bptt, len(source) - 1 - i)
    return source[i : i + length], source[i + 1 : i + 1 + length].view(-1)


torch.manual_seed(1111)
pattern = torch.tensor([0, 1, 2, 3, 2, 1, 0, 4, 5, 4])
corpus = pattern.repeat(120)
flip = torch.rand(len(corpus)) < 0.05
corpus = torch.where(flip, torch.randint(0, 6, corpus.shape), corpus)
train_data, val_data = batchify(corpus[:1000], 8), batchify(corpus[1000:], 4)
model, bptt, lr = RNNModel(6, 24, 24), 12, 5.0


def evaluate(source):
    model.eval()
    total, hidden = 0.0, model.init_hidden(4)
    with torch.no_grad():
        for i in range(0, source.size(0) - 1, bptt):
            data, targets = get_batch(source, i, bptt)
            output, hidden = model(data, hidden)
            hidden = repackage(hidden)
            total += len(data) * F.cross_entropy(output.view(-1, 6), targets).item()
    return total / (len(source) - 1)


best = None
for epoch in range(4):
    model.train()
    hidden = model.init_hidden(8)
    for i in range(0, train_data.size(0) - 1, bptt):
        data, targets = get_batch(train_data, i, bptt)
        model.zero_grad()
        hidden = repackage(hidden)
        output, hidden = model(data, hidden)
        loss = F.cross_entropy(output.view(-1, 6), targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-lr)
    val = evaluate(val_data)
    print(f"| epoch {epoch} | train {loss.item():.3f} | valid {val:.3f}")
    if best is None or val < best:
        best = val
    else:
        lr /= 4.0
