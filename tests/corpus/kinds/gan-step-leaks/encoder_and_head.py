import torch
from torch import nn

torch.manual_seed(0)
encoder, head = nn.Sequential(nn.Linear(5, 16), nn.Tanh()), nn.Linear(16, 3)
slow = torch.optim.SGD(encoder.parameters(), lr=0.02)
fast = torch.optim.SGD(head.parameters(), lr=0.1)
x = torch.randn(160, 5)
y = x[:, :3].argmax(1)
count = 0
for epoch in range(5):
    for rows in torch.randperm(160).split(16):
        count += 1
        loss = nn.functional.cross_entropy(head(encoder(x[rows])), y[rows])
        loss.backward()
        fast.step()
        fast.zero_grad()
        if count % 4 == 0:
            slow.step()
            slow.zero_grad()
