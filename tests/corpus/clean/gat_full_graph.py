"""Graph attention on one graph, node masks, patience, full-batch updates; labels known for a few nodes only."""
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F


class GATLayer(nn.Module):
    def __init__(self, n_in, n_out, heads, concat=True):
        super().__init__()
        self.w = nn.Linear(n_in, heads * n_out, bias=False)
        self.a_src = nn.Parameter(torch.empty(heads, n_out))
        self.a_dst = nn.Parameter(torch.empty(heads, n_out))
        nn.init.xavier_uniform_(self.a_src)
        nn.init.xavier_uniform_(self.a_dst)
        self.heads, self.n_out, self.concat = heads, n_out, concat

    def forward(self, x, adj):
        h = self.w(x).view(-1, self.heads, self.n_out)
        e = F.leaky_relu((h * self.a_src).sum(-1)[:, None] + (h * self.a_dst).sum(-1)[None], 0.2)
        att = torch.softmax(e.masked_fill(~adj[..., None], -1e9), dim=1)
        att = F.dropout(att, 0.2, training=self.training)
        out = torch.einsum("ijh,jhd->ihd", att, h)
        return out.flatten(1) if self.concat else out.mean(1)


class GAT(nn.Module):
    def __init__(self, n_feat, n_hid, n_class):
        super().__init__()
        self.one, self.two = GATLayer(n_feat, n_hid, 4), GATLayer(4 * n_hid, n_class, 1, concat=False)

    def forward(self, x, adj):
        x = F.dropout(x, 0.3, training=self.training)
        x = F.elu(self.one(x, adj))
        return F.log_softmax(self.two(x, adj), dim=1)


torch.manual_seed(72)
n = 90
label = torch.arange(n) % 3
prob = torch.where(label[:, None] == label[None], 0.15, 0.02)
adj = torch.rand(n, n) < prob
adj = adj | adj.t() | torch.eye(n, dtype=torch.bool)
features = F.one_hot(label, 3).float() @ torch.randn(3, 8) * 0.5 + torch.randn(n, 8)
perm = torch.randperm(n)
idx_train, idx_val, idx_test = perm[:30], perm[30:55], perm[55:]

model = GAT(8, 8, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)
best, best_state, bad = 0.0, None, 0
for epoch in range(40):
    model.train()
    optimizer.zero_grad()
    output = model(features, adj)
    loss_train = F.nll_loss(output[idx_train], label[idx_train])
    loss_train.backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        output = model(features, adj)
        acc_val = (output[idx_val].argmax(1) == label[idx_val]).float().mean().item()
    if acc_val > best:
        best, best_state, bad = acc_val, copy.deepcopy(model.state_dict()), 0
    else:
        bad += 1
    if bad == 15:
        break
model.load_state_dict(best_state)
with torch.no_grad():
    acc = (model(features, adj)[idx_test].argmax(1) == label[idx_test]).float().mean().item()
print(f"stopped at {epoch}, val {best:.3f}, test {acc:.3f}")
