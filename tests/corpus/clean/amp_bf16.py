"""Mixed precision with bfloat16 autocast; the loss is computed in float32."""
import contextlib

import torch
from torch import nn

torch.manual_seed(14)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class ResidualMLP(nn.Module):
    def __init__(self, dim, depth, classes):
        super().__init__()
        self.stem = nn.Linear(dim, 48)
        self.blocks = nn.ModuleList([
            nn.Sequential(nn.LayerNorm(48), nn.Linear(48, 48), nn.SiLU(), nn.Dropout(0.05)) for _ in range(depth)
        ])
        self.head = nn.Linear(48, classes)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = x + block(x)
        return self.head(x)


def autocast(enabled=True):
    return torch.autocast(device.type, dtype=torch.bfloat16) if enabled else contextlib.nullcontext()


x = torch.randn(384, 16)
y = x[:, :4].argmax(1)
train = torch.utils.data.DataLoader(list(zip(x[:320], y[:320])), batch_size=32, shuffle=True)
model = ResidualMLP(16, 2, 4).to(device)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=3 * len(train))

for epoch in range(3):
    model.train()
    for xb, yb in train:
        xb, yb = xb.to(device, non_blocking=True), yb.to(device, non_blocking=True)
        with autocast():
            logits = model(xb)
        loss = nn.functional.cross_entropy(logits.float(), yb)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
    model.eval()
    with torch.inference_mode(), autocast():
        hits = (model(x[320:].to(device)).argmax(1).cpu() == y[320:]).float().mean()
    print(f"epoch {epoch}: loss {loss.item():.3f}, accuracy {hits:.3f}, lr {schedule.get_last_lr()[0]:.2e}")
