# Translating number words: encoder-decoder GRU, random teacher forcing, padding ignored in the loss
import random

import torch
import torch.nn as nn
from torch import optim
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

SOS, EOS, PAD = 0, 1, 2
random.seed(7)
torch.manual_seed(7)


def make_pair():
    n = random.randint(2, 5)
    src = [random.randint(3, 9) for _ in range(n)]
    return torch.tensor(src + [EOS]), torch.tensor([s + 7 for s in reversed(src)] + [EOS])


pairs = [make_pair() for _ in range(120)]


def collate(items):
    src, tgt = zip(*items)
    return pad_sequence(src, padding_value=PAD), pad_sequence(tgt, padding_value=PAD), torch.tensor([len(s) for s in src])


class EncoderRNN(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocab, hidden, padding_idx=PAD)
        self.gru = nn.GRU(hidden, hidden)

    def forward(self, src, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(src), lengths, enforce_sorted=False)
        return self.gru(packed)[1]


class DecoderRNN(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocab, hidden)
        self.gru = nn.GRU(hidden, hidden)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, token, hidden):
        output, hidden = self.gru(torch.relu(self.embedding(token)).unsqueeze(0), hidden)
        return self.out(output[0]), hidden


encoder, decoder = EncoderRNN(10, 24), DecoderRNN(17, 24)
encoder_optimizer = optim.Adam(encoder.parameters(), lr=5e-3)
decoder_optimizer = optim.Adam(decoder.parameters(), lr=5e-3)
criterion = nn.CrossEntropyLoss(ignore_index=PAD)


def train(src, tgt, lengths, forcing):
    encoder_optimizer.zero_grad()
    decoder_optimizer.zero_grad()
    hidden = encoder(src, lengths)
    token = torch.full((src.size(1),), SOS)
    outputs = []
    for t in range(tgt.size(0)):
        logits, hidden = decoder(token, hidden)
        outputs.append(logits)
        token = tgt[t] if random.random() < forcing else logits.argmax(1).detach()
    loss = criterion(torch.cat(outputs), tgt.reshape(-1))
    loss.backward()
    for part in (encoder, decoder):
        nn.utils.clip_grad_norm_(part.parameters(), 1.0)
    encoder_optimizer.step()
    decoder_optimizer.step()
    return loss.item()


loader = DataLoader(pairs, batch_size=20, shuffle=True, collate_fn=collate)
for epoch in range(5):
    losses = [train(*batch, forcing=max(0.5, 1 - 0.1 * epoch)) for batch in loader]
    print(f"{epoch} {sum(losses) / len(losses):.3f}")


@torch.no_grad()
def translate(sentence):
    encoder.eval(), decoder.eval()
    hidden = encoder(sentence.unsqueeze(1), torch.tensor([len(sentence)]))
    token, words = torch.tensor([SOS]), []
    for _ in range(8):
        logits, hidden = decoder(token, hidden)
        token = logits.argmax(1)
        if token.item() == EOS:
            break
        words.append(token.item())
    return words


print(pairs[0][0].tolist(), "->", translate(pairs[0][0]))
