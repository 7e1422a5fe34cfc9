"""Forecast a noisy sine from windows: chronological split, shuffled windows, a GRU, walk-forward evaluation."""
import numpy as np
import torch
from torch import nn

np.random.seed(38)
torch.manual_seed(38)

t = np.arange(400)
series = (np.sin(t / 12) + 0.1 * np.random.randn(400)).astype("float32")
window = 20
X = np.lib.stride_tricks.sliding_window_view(series[:-1], window).copy()
Y = series[window:]
split = 300
X_train, Y_train = torch.from_numpy(X[:split]).unsqueeze(-1), torch.from_numpy(Y[:split].copy()).unsqueeze(-1)
X_test, Y_test = torch.from_numpy(X[split:]).unsqueeze(-1), torch.from_numpy(Y[split:].copy()).unsqueeze(-1)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 16, batch_first=True)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.out(h[:, -1])


model = Forecaster()
criterion = nn.SmoothL1Loss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    permutation = np.random.permutation(split)
    for i in range(0, split, 50):
        idx = permutation[i:i + 50]
        optimizer.zero_grad()
        loss = criterion(model(X_train[idx]), Y_train[idx])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        test = criterion(model(X_test), Y_test)
    print(f"epoch {epoch}: {loss.item():.4f} test {test.item():.4f}")

history = list(series[split:split + window])
with torch.no_grad():
    for _ in range(10):
        history.append(model(torch.tensor(history[-window:]).view(1, window, 1)).item())
print("forecast", [round(float(v), 2) for v in history[-10:]])
