"""Fitting a spiral with a neural ODE: fixed-step RK4 through the graph, random windows of the trajectory."""
import torch
import torch.nn as nn

torch.manual_seed(6)
true_A = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
t = torch.linspace(0.0, 6.0, 120)


def rk4(f, y, ts):
    out = [y]
    for a, b in zip(ts[:-1], ts[1:]):
        h = b - a
        k1 = f(a, y)
        k2 = f(a + h / 2, y + h / 2 * k1)
        k3 = f(a + h / 2, y + h / 2 * k2)
        k4 = f(b, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        out.append(y)
    return torch.stack(out)


class ODEFunc(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2))
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0, std=0.1)
                nn.init.constant_(m.bias, val=0)

    def forward(self, t, y):
        return self.net(y**3)


with torch.no_grad():
    true_y = rk4(lambda _, y: y**3 @ true_A, torch.tensor([[2.0, 0.0]]), t)


def get_batch(batch_time=6, batch_size=12):
    s = torch.randperm(len(t) - batch_time)[:batch_size]
    return true_y[s], t[:batch_time], torch.stack([true_y[s + i] for i in range(batch_time)], dim=0)


func = ODEFunc()
optimizer = torch.optim.RMSprop(func.parameters(), lr=5e-3)
for itr in range(1, 26):
    optimizer.zero_grad()
    batch_y0, batch_t, batch_y = get_batch()
    pred_y = rk4(func, batch_y0, batch_t)
    loss = torch.mean(torch.abs(pred_y - batch_y))
    loss.backward()
    optimizer.step()
    if itr % 12 == 0:
        with torch.no_grad():
            pred = rk4(func, true_y[0], t[:40])
            print(f"Iter {itr:04d} | Total Loss {torch.mean(torch.abs(pred - true_y[:40])).item():.4f}")
