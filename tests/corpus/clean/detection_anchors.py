"""A one-shot detector on a grid: objectness for every cell, box and class for the cells with an object."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

S, C = 4, 2


class Shapes(Dataset):
    def __init__(self, n, seed):
        self.g = [torch.Generator().manual_seed(seed * 1000 + i) for i in range(n)]
        self.made = [self.make(g) for g in self.g]

    def make(self, g):
        image = 0.1 * torch.rand(1, 16, 16, generator=g)
        boxes, classes = [], []
        for _ in range(int(torch.randint(1, 3, (1,), generator=g))):
            w = int(torch.randint(3, 6, (1,), generator=g))
            x, y = torch.randint(0, 16 - w, (2,), generator=g).tolist()
            c = int(torch.randint(0, C, (1,), generator=g))
            image[0, y : y + w, x : x + w] = 1.0 if c else 0.6
            boxes.append([(x + w / 2) / 16, (y + w / 2) / 16, w / 16])
            classes.append(c)
        return image, torch.tensor(boxes), torch.tensor(classes)

    def __len__(self):
        return len(self.made)

    def __getitem__(self, i):
        return self.made[i]


def collate(batch):
    images, boxes, classes = zip(*batch)
    return torch.stack(images), list(boxes), list(classes)


def encode(boxes, classes):
    obj = torch.zeros(len(boxes), S, S)
    box = torch.zeros(len(boxes), S, S, 3)
    cls = torch.zeros(len(boxes), S, S, dtype=torch.long)
    for b, (bs, cs) in enumerate(zip(boxes, classes)):
        for (x, y, w), c in zip(bs.tolist(), cs.tolist()):
            i, j = int(y * S), int(x * S)
            obj[b, i, j] = 1
            box[b, i, j] = torch.tensor([x * S - j, y * S - i, w])
            cls[b, i, j] = c
    return obj, box, cls


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 12, 3, 2, 1), nn.ReLU(), nn.Conv2d(12, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 1 + 3 + C, 1)
        )

    def forward(self, x):
        out = self.net(x).permute(0, 2, 3, 1)
        return out[..., 0], torch.sigmoid(out[..., 1:4]), out[..., 4:]


torch.manual_seed(0)
model = Detector()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
loader = DataLoader(Shapes(96, 1), batch_size=16, shuffle=True, collate_fn=collate)
for epoch in range(5):
    for images, boxes, classes in loader:
        obj, box, cls = encode(boxes, classes)
        p_obj, p_box, p_cls = model(images)
        mask = obj.bool()
        loss_obj = F.binary_cross_entropy_with_logits(p_obj, obj, pos_weight=torch.tensor(4.0))
        loss_box = F.smooth_l1_loss(p_box[mask], box[mask])
        loss_cls = F.cross_entropy(p_cls[mask], cls[mask])
        loss = loss_obj + 5 * loss_box + loss_cls
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"{epoch}: obj {loss_obj:.3f} box {loss_box:.4f} cls {loss_cls:.3f}")

model.eval()
hits = found = 0
with torch.no_grad():
    for images, boxes, classes in DataLoader(Shapes(32, 2), batch_size=16, collate_fn=collate):
        obj, box, cls = encode(boxes, classes)
        p_obj, p_box, p_cls = model(images)
        hits += ((p_obj.sigmoid() > 0.5) & obj.bool()).sum().item()
        found += obj.sum().item()
print(f"recall {hits / found:.2f}")
