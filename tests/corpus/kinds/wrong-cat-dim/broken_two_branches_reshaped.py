"""Pictures and titles, each with a branch of its own."""
# where: joint = torch.cat
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def products(n, seed):
    """A picture (shape), a short title (words); the category depends on both."""
    g = torch.Generator().manual_seed(seed)
    shape = torch.randint(0, 3, (n,), generator=g)
    brand = torch.randint(0, 2, (n,), generator=g)
    img = 0.4 * torch.randn(n, 1, 10, 10, generator=g)
    img[shape == 0, :, 2:8, 4:6] += 1
    img[shape == 1, :, 4:6, 2:8] += 1
    img[shape == 2, :, 3:7, 3:7] += 1
    words = torch.randint(2, 20, (n, 6), generator=g)
    spot = torch.randint(0, 6, (n,), generator=g)
    words[torch.arange(n), spot] = brand
    return img, words, shape * 2 + brand


class ImageBranch(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.fc = nn.Linear(8 * 25, d)

    def forward(self, x):
        return F.relu(self.fc(F.max_pool2d(F.relu(self.conv(x)), 2).flatten(1)))


class TextBranch(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.bag = nn.EmbeddingBag(20, d, mode="sum")
        self.fc = nn.Linear(d, d)

    def forward(self, w):
        return F.relu(self.fc(self.bag(w)))


class Matcher(nn.Module):
    def __init__(self, d=32, classes=6):
        super().__init__()
        self.image, self.text = ImageBranch(d), TextBranch(d)
        self.head = nn.Sequential(nn.Linear(2 * d, 48), nn.ReLU(), nn.Linear(48, classes))

    def forward(self, img, words):
        a, b = self.image(img), self.text(words)
        joint = torch.cat([a, b], dim=0)
        return self.head(joint.view(img.size(0), -1))


def run():
    torch.manual_seed(0)
    train = DataLoader(TensorDataset(*products(480, 1)), batch_size=40, shuffle=True)
    valid = DataLoader(TensorDataset(*products(240, 2)), batch_size=80)
    model = Matcher()
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(3):
        model.train()
        total = 0.0
        for img, words, y in train:
            loss = F.cross_entropy(model(img, words), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item()
        model.eval()
        with torch.no_grad():
            ok = sum((model(i, w).argmax(1) == y).sum().item() for i, w, y in valid)
        print(f"epoch {epoch} loss {total / len(train):.4f} valid {ok / len(valid.dataset):.3f}")


run()
