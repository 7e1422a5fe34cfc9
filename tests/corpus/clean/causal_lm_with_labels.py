"""A causal model of the kind that is given its labels, shifts them itself, and hands back a loss and scores."""
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader


@dataclass
class CausalLMOutput:
    loss: torch.Tensor | None
    logits: torch.Tensor


class TinyCausalLM(nn.Module):
    def __init__(self, vocab=15, width=24):
        super().__init__()
        self.wte = nn.Embedding(vocab, width)
        self.rnn = nn.GRU(width, width, batch_first=True)
        self.lm_head = nn.Linear(width, vocab)

    def forward(self, input_ids, attention_mask=None, labels=None):
        logits = self.lm_head(self.rnn(self.wte(input_ids))[0])
        loss = None
        if labels is not None:
            shift_logits = logits[..., :-1, :].contiguous()
            shift_labels = labels[..., 1:].contiguous()
            loss = nn.functional.cross_entropy(shift_logits.view(-1, logits.size(-1)), shift_labels.view(-1), ignore_index=-100)
        return CausalLMOutput(loss, logits)


def collate(rows):
    longest = max(len(row) for row in rows)
    ids = torch.stack([nn.functional.pad(row, (0, longest - len(row))) for row in rows])
    mask = torch.stack([torch.arange(longest) < len(row) for row in rows]).long()
    labels = ids.clone()
    labels[mask == 0] = -100
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


torch.manual_seed(0)
counts = [(torch.arange(int(n)) * int(k) + int(s)) % 14 + 1 for n, k, s in zip(
    torch.randint(8, 14, (200,)), torch.randint(1, 6, (200,)), torch.randint(0, 14, (200,)))]
train = DataLoader(counts[:160], batch_size=20, shuffle=True, collate_fn=collate)
valid = DataLoader(counts[160:], batch_size=20, collate_fn=collate)
model = TinyCausalLM()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for epoch in range(3):
    model.train()
    for batch in train:
        outputs = model(**batch)
        optimizer.zero_grad()
        outputs.loss.backward()
        optimizer.step()
    model.eval()
    total = tokens = 0.0
    for batch in valid:
        with torch.no_grad():
            outputs = model(**batch)
        counted = int((batch["labels"][:, 1:] != -100).sum())
        total += outputs.loss.item() * counted
        tokens += counted
    print(epoch, total / tokens)
