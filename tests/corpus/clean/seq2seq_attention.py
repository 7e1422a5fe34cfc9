"""Reverse a sequence of digits: GRU encoder, attention decoder, teacher forcing, greedy decoding for validation."""
import torch
from torch import nn

torch.manual_seed(5)
PAD, BOS, EOS = 0, 1, 2
VOCAB = 8


def make_pairs(n, length=5):
    src = torch.randint(3, VOCAB, (n, length))
    tgt = torch.cat([src.flip(1), torch.full((n, 1), EOS)], dim=1)
    return src, tgt


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, width, padding_idx=PAD)
        self.gru = nn.GRU(width, width, batch_first=True)

    def forward(self, src):
        return self.gru(self.emb(src))


class Decoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, width, padding_idx=PAD)
        self.gru = nn.GRU(width, width, batch_first=True)
        self.mix = nn.Linear(2 * width, width)
        self.out = nn.Linear(width, VOCAB)

    def forward(self, tokens, memory, state):
        h, state = self.gru(self.emb(tokens), state)
        weights = torch.softmax(h @ memory.transpose(1, 2) / h.shape[-1] ** 0.5, dim=-1)
        return self.out(torch.tanh(self.mix(torch.cat([h, weights @ memory], dim=-1)))), state


class Seq2Seq(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.encoder, self.decoder = Encoder(width), Decoder(width)

    def forward(self, src, tgt_in):
        memory, state = self.encoder(src)
        return self.decoder(tgt_in, memory, state)[0]

    def translate(self, src, steps):
        memory, state = self.encoder(src)
        token = torch.full((len(src), 1), BOS)
        produced = []
        for _ in range(steps):
            logits, state = self.decoder(token, memory, state)
            token = logits.argmax(-1)
            produced.append(token)
        return torch.cat(produced, dim=1)


model = Seq2Seq()
optim = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.CrossEntropyLoss(ignore_index=PAD)
src_val, tgt_val = make_pairs(64)

for step in range(60):
    src, tgt = make_pairs(32)
    tgt_in = torch.cat([torch.full((len(tgt), 1), BOS), tgt[:, :-1]], dim=1)
    logits = model(src, tgt_in)
    loss = criterion(logits.transpose(1, 2), tgt)
    optim.zero_grad()
    loss.backward()
    optim.step()
    if step % 20 == 19:
        model.eval()
        with torch.no_grad():
            right = (model.translate(src_val, tgt_val.shape[1]) == tgt_val).float().mean()
        model.train()
        print(f"step {step + 1} loss {loss.item():.3f} token accuracy {right:.3f}")
