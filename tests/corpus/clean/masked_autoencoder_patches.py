"""Masked autoencoder: encode visible patches only, reconstruct the hidden ones, then a linear probe."""
import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(18)
P, N, D = 4, 9, 24


def patchify(images):
    return images.unfold(2, P, P).unfold(3, P, P).permute(0, 2, 3, 1, 4, 5).reshape(len(images), N, -1)


class MAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(P * P, D)
        self.pos = nn.Parameter(torch.randn(1, N, D) * 0.02)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(D, 2, 48, 0.0, batch_first=True), 1)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, D))
        self.decoder = nn.Sequential(nn.Linear(D, 48), nn.GELU(), nn.Linear(48, P * P))
        self.mix = nn.TransformerEncoderLayer(D, 2, 48, 0.0, batch_first=True)

    def encode(self, patches):
        return self.encoder(self.embed(patches) + self.pos)

    def forward(self, patches, keep=3):
        b = len(patches)
        shuffle = torch.rand(b, N).argsort(dim=1)
        restore = shuffle.argsort(dim=1)
        visible = shuffle[:, :keep]
        x = self.embed(patches) + self.pos
        x = torch.gather(x, 1, visible.unsqueeze(-1).expand(-1, -1, D))
        x = self.encoder(x)
        x = torch.cat([x, self.mask_token.expand(b, N - keep, -1)], dim=1)
        x = torch.gather(x, 1, restore.unsqueeze(-1).expand(-1, -1, D)) + self.pos
        mask = torch.ones(b, N)
        mask.scatter_(1, visible, 0.0)
        return self.decoder(self.mix(x)), mask


angle = torch.rand(128) * 3.14
grid = torch.linspace(-1, 1, 12)
images = torch.sin(4 * (grid.view(1, 1, 12, 1) * angle.cos().view(-1, 1, 1, 1) + grid.view(1, 1, 1, 12) * angle.sin().view(-1, 1, 1, 1)))
patches, label = patchify(images), (angle > 1.57).long()
model = MAE()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3, betas=(0.9, 0.95), weight_decay=0.05)
for epoch in range(6):
    for rows in torch.randperm(128).split(32):
        pred, mask = model(patches[rows])
        loss = (pred - patches[rows]).pow(2).mean(dim=-1)
        loss = (loss * mask).sum() / mask.sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, round(loss.item(), 4))

with torch.no_grad():
    z = model.encode(patches).mean(1)
    z = (z - z.mean(0)) / z.std(0)
head = nn.Linear(D, 2)
opt = torch.optim.SGD(head.parameters(), lr=0.5)
for _ in range(50):
    opt.zero_grad()
    loss = F.cross_entropy(head(z[:96]), label[:96])
    loss.backward()
    opt.step()
print("probe", (head(z[96:]).argmax(1) == label[96:]).float().mean().item())
