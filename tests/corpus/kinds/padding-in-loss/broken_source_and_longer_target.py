"""Words turned round: source and target are filled up to lengths of their own."""
# where: loss = criterion(
import random

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader

PAD, BOS, EOS, VOCAB = 0, 1, 2, 15


def make_pairs(n, seed):
    rnd = random.Random(seed)
    pairs = []
    for _ in range(n):
        L = rnd.choice([2, 3, 3, 4, 5, 9])
        src = [rnd.randrange(3, VOCAB) for _ in range(L)]
        pairs.append((torch.tensor(src), torch.tensor([BOS] + src[::-1] + [EOS])))
    return pairs


def collate(batch):
    src, tgt = zip(*batch)
    lengths = torch.tensor([len(s) for s in src])
    return (
        pad_sequence(src, batch_first=True, padding_value=PAD),
        lengths,
        pad_sequence(tgt, batch_first=True, padding_value=PAD),
    )


class Seq2Seq(nn.Module):
    def __init__(self, dim=32, hidden=64):
        super().__init__()
        self.src_emb = nn.Embedding(VOCAB, dim, padding_idx=PAD)
        self.tgt_emb = nn.Embedding(VOCAB, dim, padding_idx=PAD)
        self.encoder = nn.GRU(dim, hidden, batch_first=True)
        self.decoder = nn.GRU(dim, hidden, batch_first=True)
        self.out = nn.Linear(hidden, VOCAB)

    def forward(self, src, lengths, tgt_in):
        packed = pack_padded_sequence(self.src_emb(src), lengths, batch_first=True, enforce_sorted=False)
        _, h = self.encoder(packed)
        dec, _ = self.decoder(self.tgt_emb(tgt_in), h)
        return self.out(dec)


def token_accuracy(model, loader):
    model.eval()
    right = total = 0
    with torch.no_grad():
        for src, lengths, tgt in loader:
            pred = model(src, lengths, tgt[:, :-1]).argmax(-1)
            gold = tgt[:, 1:]
            keep = gold != PAD
            right += ((pred == gold) & keep).sum().item()
            total += keep.sum().item()
    return right / total


def main():
    torch.manual_seed(0)
    train = DataLoader(make_pairs(480, 1), batch_size=48, shuffle=True, collate_fn=collate)
    valid = DataLoader(make_pairs(200, 2), batch_size=100, collate_fn=collate)
    model = Seq2Seq()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss()

    for epoch in range(3):
        model.train()
        for step, (src, lengths, tgt) in enumerate(train):
            logits = model(src, lengths, tgt[:, :-1])
            loss = criterion(logits.reshape(-1, VOCAB), tgt[:, 1:].reshape(-1))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        print(f"epoch {epoch}: last loss {loss.item():.4f}, val token acc {token_accuracy(model, valid):.3f}")


if __name__ == "__main__":
    main()
