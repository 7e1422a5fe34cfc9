"""A network on a graph teaches one that needs no edges."""
import copy
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(8)
N, C, D = 300, 4, 40
y = torch.randint(0, C, (N,))
proto = torch.rand(C, D) * 0.28
X = torch.bernoulli(proto[y] + 0.08)                     # bag of words, 0/1
same = (y[:, None] == y[None, :]).float()
A = torch.bernoulli(0.03 * same + 0.003 * (1 - same)).triu(1)
A = A + A.T + torch.eye(N)
d = A.sum(1).rsqrt()
A = d[:, None] * A * d[None, :]

order = torch.randperm(N)
tr, va, te = order[:80], order[80:160], order[160:]


class GCN(nn.Module):
    def __init__(self, adj, h=32):
        super().__init__()
        self.register_buffer("adj", adj)
        self.a, self.b = nn.Linear(D, h), nn.Linear(h, C)

    def forward(self, x):
        x = F.dropout(x, 0.3, training=self.training)
        h = F.relu(self.a(self.adj @ x))
        h = F.dropout(h, 0.5, self.training)
        return self.adj @ self.b(h)


def score(logits, idx):
    return (logits[idx].argmax(-1) == y[idx]).float().mean().item()


teacher = GCN(A)
opt = torch.optim.Adam(teacher.parameters(), lr=0.01, weight_decay=5e-4)
best, keep, wait = -1.0, None, 0
for it in range(40):
    teacher.train()
    opt.zero_grad()
    loss = F.cross_entropy(teacher(X)[tr], y[tr])
    loss.backward()
    opt.step()

    teacher.eval()
    with torch.no_grad():
        out = teacher(X)
    acc = score(out, va)
    if acc > best:
        best, keep, wait = acc, copy.deepcopy(teacher.state_dict()), 0
    else:
        wait += 1
        if wait == 40:
            break
    if it % 25 == 0:
        print(f"[gcn] {it:3d} loss {loss.item():.3f} fit {score(out, tr):.3f} val {acc:.3f}")
teacher.load_state_dict(keep)
teacher.eval().requires_grad_(False)
with torch.no_grad():
    soft = F.log_softmax(teacher(X) / 2.0, dim=-1)
print(f"[gcn] stopped at {it}, best val {best:.3f}, test {score(soft, te):.3f}")

student = nn.Sequential(nn.Linear(D, 64), nn.ReLU(), nn.Dropout(0.4), nn.Linear(64, C))
opt = torch.optim.Adam(student.parameters(), lr=5e-3)
is_lab = torch.zeros(N)
is_lab[tr] = 1.0
pool = torch.cat([tr, va])                               # soft labels need no true ones
for ep in range(6):
    student.train()
    for idx in pool[torch.randperm(len(pool))].split(50):
        z = student(X[idx])
        hard = (F.cross_entropy(z, y[idx], reduction="none") * is_lab[idx]).sum() / is_lab[idx].sum().clamp(min=1)
        kd = F.kl_div(F.log_softmax(z / 2.0, -1), soft[idx], reduction="batchmean", log_target=True) * 4.0
        loss = 0.3 * hard + 0.7 * kd
        opt.zero_grad()
        loss.backward()
        opt.step()
    if ep % 3 == 2:
        student.eval()
        with torch.no_grad():
            print(f"[mlp] {ep:2d} test {score(student(X), te):.3f}")
