"""Three tasks with learned weights, embeddings by SparseAdam and the rest by Adam."""
import torch
from torch import nn


class TensorDict(dict):
    @property
    def batch_size(self):
        return next(iter(self.values())).shape[0]
    def __getattr__(self, k):
        return self[k]
    def index(self, idx):
        return TensorDict({k: v[idx] for k, v in self.items()})
    def batches(self, n, shuffle=True):
        order = torch.randperm(self.batch_size) if shuffle else torch.arange(self.batch_size)
        for i in range(0, self.batch_size, n):
            yield self.index(order[i:i + n])


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.user, self.item = nn.EmbeddingBag(30, 8, mode="mean", sparse=True), nn.Embedding(20, 8, sparse=True)
        self.trunk = nn.Sequential(nn.Linear(19, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU())
        self.click, self.stars, self.dwell = nn.Linear(16, 1), nn.Linear(16, 5), nn.Linear(16, 1)
        self.log_vars = nn.Parameter(torch.zeros(3))

    def forward(self, b):
        h = self.trunk(torch.cat([self.user(b["history"]), self.item(b["item"]), b["context"]], dim=-1))
        return TensorDict(click=self.click(h).squeeze(-1), stars=self.stars(h), dwell=self.dwell(h).squeeze(-1))

    def loss(self, out, b):
        parts = torch.stack([
            nn.functional.binary_cross_entropy_with_logits(out["click"], b["click"]),
            nn.functional.cross_entropy(out["stars"], b["stars"], ignore_index=-1),
            (nn.functional.smooth_l1_loss(out["dwell"], b["dwell"], reduction="none") * b["click"]).sum() / b["click"].sum().clamp(min=1)])
        return (torch.exp(-self.log_vars) * parts + self.log_vars).sum(), parts.detach()


def synth(n):
    hist, item, ctx = torch.randint(0, 30, (n, 4)), torch.randint(0, 20, (n,)), torch.randn(n, 3)
    affinity = ((hist % 5) == (item % 5)[:, None]).float().mean(1) * 4 - 1 + ctx[:, 0]
    click = (affinity > 0).float()
    stars = torch.where(click.bool(), (affinity.clamp(0, 3.9) * 1.25).long(), -1)
    return TensorDict(history=hist, item=item, context=ctx, click=click, stars=stars, dwell=affinity.clamp(min=0) + 0.05 * torch.randn(n))


torch.manual_seed(0)
train, val = synth(640), synth(160)
net = MultiTask()
emb = [*net.user.parameters(), *net.item.parameters()]
ids = set(map(id, emb))
sparse_opt = torch.optim.SparseAdam(emb, lr=2e-2)
dense_opt = torch.optim.Adam([p for p in net.parameters() if id(p) not in ids], lr=5e-3)
for epoch in range(6):
    for batch in train.batches(40):
        loss, parts = net.loss(net(batch), batch)
        for o in (sparse_opt, dense_opt):
            o.zero_grad()
        loss.backward()
        for o in (sparse_opt, dense_opt):
            o.step()
    with torch.no_grad():
        out = net(val)
        rated = val.stars >= 0
        print(epoch, [round(p, 3) for p in parts.tolist()], ((out.click > 0) == val.click.bool()).float().mean().item(),
              (out.stars.argmax(1)[rated] == val.stars[rated]).float().mean().item())
