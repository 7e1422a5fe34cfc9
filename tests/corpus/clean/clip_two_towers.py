"""CLIP-like training of an image tower and a text tower with a learned temperature."""
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

rng = np.random.default_rng(0)
torch.manual_seed(0)
WORDS = ["<pad>", "red", "green", "blue", "small", "large", "square", "circle"]


class Pairs(Dataset):
    def __init__(self, n):
        self.colour = rng.integers(0, 3, n)
        self.size = rng.integers(0, 2, n)

    def __len__(self):
        return len(self.colour)

    def __getitem__(self, i):
        image = rng.normal(0, 0.1, (3, 8, 8)).astype(np.float32)
        half = 2 + 2 * self.size[i]
        image[self.colour[i], :half, :half] += 1.0
        words = [1 + self.colour[i], 4 + self.size[i]] + ([6] if i % 2 else [])
        return torch.from_numpy(image), torch.tensor(words)


def collate(samples):
    images, texts = zip(*samples)
    return torch.stack(images), nn.utils.rnn.pad_sequence(texts, batch_first=True, padding_value=0)


class ImageTower(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.fc = nn.Linear(8 * 16, d)

    def forward(self, x):
        return self.fc(F.gelu(self.conv(x)).flatten(1))


class TextTower(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.tok = nn.Embedding(len(WORDS), 16, padding_idx=0)
        self.fc = nn.Linear(16, d)

    def forward(self, t):
        mask = (t != 0).unsqueeze(-1)
        return self.fc((self.tok(t) * mask).sum(1) / mask.sum(1))


image_tower, text_tower = ImageTower(16), TextTower(16)
log_temp = nn.Parameter(torch.tensor(np.log(1 / 0.07), dtype=torch.float32))
params = [*image_tower.parameters(), *text_tower.parameters(), log_temp]
optim = torch.optim.AdamW(params, lr=3e-3, weight_decay=0.01)
loader = DataLoader(Pairs(192), batch_size=24, shuffle=True, collate_fn=collate)

for epoch in range(4):
    for images, texts in loader:
        u = F.normalize(image_tower(images), dim=-1)
        v = F.normalize(text_tower(texts), dim=-1)
        logits = log_temp.exp().clamp(max=100) * u @ v.t()
        labels = torch.arange(len(images))
        loss = (F.cross_entropy(logits, labels) + F.cross_entropy(logits.t(), labels)) / 2
        optim.zero_grad()
        loss.backward()
        optim.step()
    print(f"{epoch} {loss.item():.3f} temperature {log_temp.exp().item():.2f}")
