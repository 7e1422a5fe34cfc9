"""Masked language modelling: mask a fifth of the tokens, loss only there, a padding mask for the encoder."""
import torch
from torch import nn

torch.manual_seed(39)
PAD, MASK, VOCAB, LENGTH = 0, 1, 20, 12


def corpus(n):
    start = torch.randint(2, VOCAB, (n, 1))
    tokens = (start - 2 + torch.arange(LENGTH)) % (VOCAB - 2) + 2
    lengths = torch.randint(6, LENGTH + 1, (n, 1))
    return torch.where(torch.arange(LENGTH) < lengths, tokens, PAD)


def mask_tokens(tokens, share=0.2):
    chosen = (torch.rand(tokens.shape) < share) & (tokens != PAD)
    chosen[:, 0] = True
    labels = torch.where(chosen, tokens, -100)
    return torch.where(chosen, MASK, tokens), labels


class Encoder(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.tokens = nn.Embedding(VOCAB, dim, padding_idx=PAD)
        self.positions = nn.Parameter(torch.randn(LENGTH, dim) * 0.02)
        layer = nn.TransformerEncoderLayer(dim, 2, 64, dropout=0.1, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = nn.Linear(dim, VOCAB)

    def forward(self, tokens):
        h = self.layers(self.tokens(tokens) + self.positions, src_key_padding_mask=tokens == PAD)
        return self.out(h)


model = Encoder()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.98))
criterion = nn.CrossEntropyLoss()
train, held = corpus(256), corpus(64)
held_inputs, held_labels = mask_tokens(held)
for epoch in range(5):
    model.train()
    for idx in torch.randperm(len(train)).split(32):
        inputs, labels = mask_tokens(train[idx])
        logits = model(inputs)
        loss = criterion(logits.reshape(-1, VOCAB), labels.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        guess = model(held_inputs).argmax(-1)
    known = held_labels != -100
    print(f"{epoch} {loss.item():.3f} {(guess == held_labels)[known].float().mean().item():.3f}")
