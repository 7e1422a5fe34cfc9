"""CTC: a small recurrent recogniser of symbol strings in noisy strips."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

ALPHABET = "abc"
BLANK = 0


class Strips(Dataset):
    def __init__(self, size, seed):
        g = torch.Generator().manual_seed(seed)
        self.items = []
        for _ in range(size):
            n = int(torch.randint(2, 5, (1,), generator=g))
            label = torch.randint(1, len(ALPHABET) + 1, (n,), generator=g)
            columns = []
            for symbol in label:
                columns += [torch.zeros(4)] + [F.one_hot(symbol, 4).float()] * int(torch.randint(1, 3, (1,), generator=g))
            strip = torch.stack(columns)
            self.items.append((strip + 0.1 * torch.randn(strip.shape, generator=g), label))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def pad_collate(batch):
    strips, labels = zip(*batch)
    input_lengths = torch.tensor([len(s) for s in strips])
    target_lengths = torch.tensor([len(label) for label in labels])
    return nn.utils.rnn.pad_sequence(strips, batch_first=True), torch.cat(labels), input_lengths, target_lengths


class Recogniser(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 16, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(32, len(ALPHABET) + 1)

    def forward(self, x, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out, _ = nn.utils.rnn.pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        return F.log_softmax(self.fc(out), dim=-1)


def greedy(log_probs, length):
    path = log_probs[:length].argmax(-1).tolist()
    return [p for i, p in enumerate(path) if p != BLANK and (i == 0 or path[i - 1] != p)]


torch.manual_seed(2)
train_loader = DataLoader(Strips(96, 1), batch_size=16, shuffle=True, collate_fn=pad_collate)
test_set = Strips(16, 2)
model = Recogniser()
ctc = nn.CTCLoss(blank=BLANK, zero_infinity=True)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    model.train()
    for x, y, n_in, n_out in train_loader:
        log_probs = model(x, n_in).transpose(0, 1)
        loss = ctc(log_probs, y, n_in, n_out)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        opt.step()
    model.eval()
    with torch.no_grad():
        right = 0
        for x, y in test_set:
            out = model(x.unsqueeze(0), torch.tensor([len(x)]))[0]
            right += greedy(out, len(x)) == y.tolist()
    print(f"epoch {epoch}: loss {loss.item():.3f} exact {right}/{len(test_set)}")
