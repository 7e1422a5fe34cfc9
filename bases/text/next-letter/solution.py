"""A small transformer learns to continue the letters of a made-up grammar."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

LETTERS = 8
LENGTH = 12
WIDTH = 32
HEADS = 4


def make_text(rows, generator=None):
    """Token ids (rows, LENGTH + 1): each letter follows from the last but one, and one in ten is drawn at random."""
    text = torch.randint(LETTERS, (rows, LENGTH + 1), generator=generator)
    for position in range(2, LENGTH + 1):
        expected = (text[:, position - 2] + 3) % LETTERS
        noise = torch.rand(rows, generator=generator) < 0.1
        text[:, position] = torch.where(noise, text[:, position], expected)
    return text


class CausalAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.register_buffer("mask", torch.tril(torch.ones(LENGTH, LENGTH, dtype=torch.bool)))

    def forward(self, x):
        batch, steps, _ = x.shape
        q, k, v = self.qkv(x).view(batch, steps, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / math.sqrt(WIDTH // HEADS)
        scores = scores.masked_fill(~self.mask[:steps, :steps], float("-inf"))
        mixed = scores.softmax(dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(batch, steps, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attention = CausalAttention()
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        x = x + self.drop(self.attention(self.norm1(x)))
        return x + self.drop(self.mlp(self.norm2(x)))


class LetterModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.letters = nn.Embedding(LETTERS, WIDTH)
        self.positions = nn.Embedding(LENGTH, WIDTH)
        self.blocks = nn.ModuleList([Block(), Block()])
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, LETTERS, bias=False)

    def forward(self, tokens):
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.letters(tokens) + self.positions(places)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


class Trainer:
    def __init__(self, model, steps, device):
        self.model = model.to(device)
        self.device = device
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=5e-3, weight_decay=0.01)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=steps)

    def loss(self, text):
        text = text.to(self.device)
        logits = self.model(text[:, :-1])
        return F.cross_entropy(logits.reshape(-1, LETTERS), text[:, 1:].reshape(-1))

    def step(self, text):
        self.model.train()
        self.optimizer.zero_grad()
        loss = self.loss(text)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.scheduler.step()
        return loss.item()

    @torch.no_grad()
    def validate(self, batches):
        self.model.eval()
        return sum(self.loss(batch).item() for batch in batches) / len(batches)


def main(steps=75, batch_size=32):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    text, held_out = make_text(1024), make_text(128)
    trainer = Trainer(LetterModel(), steps, device)
    for number in range(1, steps + 1):
        rows = torch.randint(len(text), (batch_size,))
        loss = trainer.step(text[rows])
        if number % 25 == 0:
            print(f"step {number}  loss {loss:.3f}  held out {trainer.validate(held_out.split(64)):.3f}")


if __name__ == "__main__":
    main()
