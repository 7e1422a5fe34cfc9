"""Node classification on one dense graph, transductive: the whole graph in every step, masks for the splits."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(28)
nodes, classes = 90, 3
y = torch.arange(nodes) % classes
same = y.unsqueeze(0) == y.unsqueeze(1)
adjacency = (torch.rand(nodes, nodes) < torch.where(same, 0.2, 0.02)).float()
adjacency = ((adjacency + adjacency.T) > 0).float().fill_diagonal_(1.0)
degree = adjacency.sum(1)
normalised = adjacency / (degree.unsqueeze(0) * degree.unsqueeze(1)).sqrt()
features = F.one_hot(y, classes).float() + torch.randn(nodes, classes)

order = torch.randperm(nodes)
train_mask = torch.zeros(nodes, dtype=torch.bool)
train_mask[order[:45]] = True
val_mask = torch.zeros(nodes, dtype=torch.bool)
val_mask[order[45:60]] = True
test_mask = ~(train_mask | val_mask)


class GCN(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin1 = nn.Linear(classes, 16)
        self.lin2 = nn.Linear(16, classes)

    def forward(self, x, a):
        x = F.relu(a @ self.lin1(x))
        x = F.dropout(x, p=0.3, training=self.training)
        return a @ self.lin2(x)


model = GCN()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)


def train():
    model.train()
    optimizer.zero_grad()
    out = model(features, normalised)
    loss = F.cross_entropy(out[train_mask], y[train_mask])
    loss.backward()
    optimizer.step()
    return loss.item()


@torch.no_grad()
def test():
    model.eval()
    pred = model(features, normalised).argmax(dim=-1)
    return [(pred[mask] == y[mask]).float().mean().item() for mask in (train_mask, val_mask, test_mask)]


best_val = final = 0.0
for epoch in range(40):
    loss = train()
    train_acc, val_acc, test_acc = test()
    if val_acc > best_val:
        best_val, final = val_acc, test_acc
    if epoch % 10 == 9:
        print(f"Epoch: {epoch + 1:03d}, Loss: {loss:.4f}, Train: {train_acc:.3f}, Val: {val_acc:.3f}")
print("test at best validation", final)
