import torch
from torch import nn

torch.manual_seed(0)
base = nn.Linear(4, 8)
head = nn.Linear(8, 2)
opt = torch.optim.SGD(head.parameters(), lr=0.1)
x = torch.randn(120, 4)
y = (x[:, 0] > 0).long()
for epoch in range(4):
    for phase, rows in (("train", range(0, 96)), ("val", range(96, 120))):
        head.train(phase == "train")
        with torch.no_grad():
            features = base(x[list(rows)]).relu()
        with torch.set_grad_enabled(phase == "train"):
            for part in torch.arange(len(rows)).split(12):
                loss = nn.functional.cross_entropy(head(features[part]), y[list(rows)][part])
                if phase == "train":
                    opt.zero_grad()
                    loss.backward()
                    opt.step()
print(loss.item())
