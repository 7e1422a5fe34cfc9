"""The same rows are asked several questions: by two calls of one model, and by two heads that take turns."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
x = torch.randn(240, 8)
y = x[:, :4].argmax(1)
teacher = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
student = nn.Linear(8, 4)
with torch.no_grad():
    teacher[0].weight[:8] = torch.eye(8) * 2
opt = torch.optim.Adam(student.parameters(), 1e-2)
for it in range(40):
    i = torch.randint(240, (48,))
    with torch.no_grad():
        t = F.softmax(teacher(x[i]) / 2, dim=-1)
    # the student is called twice, once for each of its two losses
    soft = F.kl_div(F.log_softmax(student(x[i]) / 2, dim=-1), t, reduction="batchmean")
    loss = 4 * soft + 0.5 * F.cross_entropy(student(x[i]), y[i])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(8, 16)
        self.heads = nn.ModuleDict({"colour": nn.Linear(16, 3), "shape": nn.Linear(16, 3)})

    def forward(self, x, task):
        return self.heads[task](torch.relu(self.trunk(x)))


labels = {"colour": x[:, :3].argmax(1), "shape": x[:, 3:6].argmin(1)}
net = TwoHeads()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(6):
    for step, i in enumerate(torch.randperm(240).split(40)):
        task = "colour" if step % 2 else "shape"
        opt.zero_grad()
        loss = F.cross_entropy(net(x[i], task), labels[task][i])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
