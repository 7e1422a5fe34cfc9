"""Binary segmentation with a tiny U-Net: BCE with logits plus a soft Dice loss."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


class Blobs(Dataset):
    def __init__(self, n, seed, augment=False):
        g = torch.Generator().manual_seed(seed)
        self.augment = augment
        yy, xx = torch.meshgrid(torch.arange(16), torch.arange(16), indexing="ij")
        centres = torch.randint(4, 12, (n, 2), generator=g)
        self.masks = torch.stack([((yy - a) ** 2 + (xx - b) ** 2 < 9).float() for a, b in centres]).unsqueeze(1)
        self.images = self.masks + 0.4 * torch.randn(n, 1, 16, 16, generator=g)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image, mask = self.images[i], self.masks[i]
        if self.augment and torch.rand(()) < 0.5:
            image, mask = image.flip(-1), mask.flip(-1)
        return image, mask


def double_conv(a, b):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(inplace=True))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.mid = double_conv(1, 8), double_conv(8, 16)
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.last = double_conv(16, 8)
        self.out = nn.Conv2d(8, 1, 1)

    def forward(self, x):
        skip = self.down(x)
        x = self.up(self.mid(F.max_pool2d(skip, 2)))
        return self.out(self.last(torch.cat([skip, x], dim=1)))


def dice_loss(logits, mask):
    p = logits.sigmoid()
    overlap = (p * mask).sum(dim=(1, 2, 3))
    return 1 - ((2 * overlap + 1) / (p.sum(dim=(1, 2, 3)) + mask.sum(dim=(1, 2, 3)) + 1)).mean()


torch.manual_seed(35)
train_loader = DataLoader(Blobs(96, 1, augment=True), batch_size=16, shuffle=True)
val_loader = DataLoader(Blobs(32, 2), batch_size=32)
net = UNet()
optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
for epoch in range(3):
    net.train()
    for image, mask in train_loader:
        logits = net(image)
        loss = F.binary_cross_entropy_with_logits(logits, mask) + dice_loss(logits, mask)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    inter = union = 0.0
    with torch.no_grad():
        for image, mask in val_loader:
            pred = net(image) > 0
            inter += (pred & mask.bool()).sum().item()
            union += (pred | mask.bool()).sum().item()
    print(f"epoch {epoch}: loss {loss.item():.3f} IoU {inter / max(union, 1):.3f}")
