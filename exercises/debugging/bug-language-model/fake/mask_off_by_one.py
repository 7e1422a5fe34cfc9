# style: the mask is turned round, its diagonal is one too high
# open: targets-two-ahead, mask-upside-down
"""Teach a small transformer to write tunes, and let it finish tunes that it has never heard.

    python tune_model.py

A tune has three to six bars of four notes. Its first bar is free; every later bar repeats the bar before it two notes
higher, and one note in twenty is played wrong. Prints the loss per note of both sets as training goes on, and how
often the model continues an unheard tune as the rule says, writing note after note by itself.

B is the batch size, T the length of the longest tune in the batch, C the width, H the number of heads.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

SEED = 0
NOTES = 12
START, END, PAD = NOTES, NOTES + 1, NOTES + 2
TOKENS = NOTES + 3
BAR, RISE, MISTAKES = 4, 2, 0.05
LONGEST = 6 * BAR + 2

EPOCHS = 8
BATCH_SIZE = 64
PEAK_RATE = 6e-3


class Tunes(Dataset):
    """Tunes of different lengths, each a row of token ids: START, the notes, END."""

    def __init__(self, count: int) -> None:
        self.rows = [self.compose(int(torch.randint(3, 7, ()))) for _ in range(count)]

    @staticmethod
    def compose(bars: int) -> torch.Tensor:
        notes = torch.randint(NOTES, (BAR,)).tolist()
        while len(notes) < bars * BAR:
            wrong = torch.rand(()) < MISTAKES
            notes.append(int(torch.randint(NOTES, ())) if wrong else (notes[-BAR] + RISE) % NOTES)
        return torch.tensor([START, *notes, END])

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.rows[index]


def collate(rows: list[torch.Tensor]) -> torch.Tensor:
    return pad_sequence(rows, batch_first=True, padding_value=PAD)  # (B, T)


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.register_buffer("allowed", torch.ones(LONGEST, LONGEST, dtype=torch.bool).tril(diagonal=1), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, steps, width = x.shape
        shape = (batch, steps, self.heads, width // self.heads)
        q, k, v = (part.view(shape).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))  # (B, H, T, C / H)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=self.allowed[:steps, :steps])
        return self.out(mixed.transpose(1, 2).reshape(batch, steps, width))


class Block(nn.Module):
    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.dropout(self.attention(self.norm1(x)))
        return x + self.dropout(self.mlp(self.norm2(x)))


class TuneModel(nn.Module):
    """Token ids (B, T) to scores (B, T, TOKENS)."""

    def __init__(self, width: int = 64, heads: int = 4, depth: int = 1, dropout: float = 0.2) -> None:
        super().__init__()
        self.notes = nn.Embedding(TOKENS, width, padding_idx=PAD)
        self.places = nn.Embedding(LONGEST, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, TOKENS, bias=False)
        self.head.weight = self.notes.weight
        nn.init.normal_(self.notes.weight, std=0.1)
        nn.init.normal_(self.places.weight, std=0.1)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        places = torch.arange(tokens.size(1), device=tokens.device)
        x = self.dropout(self.notes(tokens) + self.places(places))  # (B, T, C)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def loss_of(model: nn.Module, tunes: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """Cross-entropy per token, for training and for the held-out set."""
    inputs, targets = tunes[:, :-1], tunes[:, 1:]
    logits = model(inputs)  # (B, T - 1, TOKENS)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD, reduction=reduction)


def train_one_epoch(model, loader, optimizer, schedule, device) -> float:
    model.train()
    total, batches = 0.0, 0
    for tunes in loader:
        tunes = tunes.to(device)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model, tunes)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total, batches = total + loss.item(), batches + 1
    return total / batches


@torch.no_grad()
def evaluate(model, loader, device) -> float:
    """Loss per note over a whole set."""
    model.eval()
    total, counted = 0.0, 0
    for tunes in loader:
        tunes = tunes.to(device)
        total += loss_of(model, tunes, reduction="sum").item()
        counted += int((tunes[:, 1:] != PAD).sum())
    return total / counted


@torch.no_grad()
def continue_tunes(model, tunes: torch.Tensor, length: int) -> torch.Tensor:
    """Write tunes (B, T) of the same length on, with the likeliest note each time."""
    model.eval()
    while tunes.size(1) < length:
        scores = model(tunes)[:, -1, :NOTES]  # (B, NOTES)
        tunes = torch.cat([tunes, scores.argmax(dim=-1, keepdim=True)], dim=1)
    return tunes


def rule_kept(model, device, count: int = 200) -> float:
    """Share of self-written notes that stand two above the note one bar earlier."""
    begun = torch.cat([torch.full((count, 1), START), torch.randint(NOTES, (count, BAR))], dim=1)
    written = continue_tunes(model, begun.to(device), length=1 + 3 * BAR)[:, 1:]
    return (written[:, BAR:] == (written[:, :-BAR] + RISE) % NOTES).float().mean().item()


def main() -> None:
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_loader = DataLoader(Tunes(1024), batch_size=BATCH_SIZE, shuffle=True, collate_fn=collate)
    heldout_loader = DataLoader(Tunes(256), batch_size=BATCH_SIZE, collate_fn=collate)

    model = TuneModel().to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, weight_decay=0.01)
    steps = EPOCHS * len(train_loader)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=PEAK_RATE, total_steps=steps)

    for epoch in range(1, EPOCHS + 1):
        train_loss = train_one_epoch(model, train_loader, optimizer, schedule, device)
        heldout_loss = evaluate(model, heldout_loader, device)
        perplexity = math.exp(heldout_loss)
        print(f"epoch {epoch}  train {train_loss:.3f}  held out {heldout_loss:.3f}  perplexity {perplexity:.2f}")
    print(f"notes that keep the rule: {rule_kept(model, device):.1%}")


if __name__ == "__main__":
    main()
