"""The full mixed-precision recipe: autocast, scaler, unscale before clipping; the scaler is idle without a GPU."""
import torch
import torch.nn as nn

torch.manual_seed(15)
device = "cuda" if torch.cuda.is_available() else "cpu"
use_amp = device == "cuda"
data = torch.randn(256, 1, 8, 8)
label = (data.mean((1, 2, 3)) > 0).float().unsqueeze(1)

model = nn.Sequential(
    nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 1)
).to(device)
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
scaler = torch.amp.GradScaler(device, enabled=use_amp)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(data, label), batch_size=32, shuffle=True)

for epoch in range(4):
    model.train()
    for xb, yb in loader:
        xb, yb = xb.to(device), yb.to(device)
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device_type=device, dtype=torch.float16, enabled=use_amp):
            loss = criterion(model(xb), yb)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        scaler.step(optimizer)
        scaler.update()
    print(epoch, f"{loss.item():.4f}", scaler.get_scale())
