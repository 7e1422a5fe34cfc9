"""The four points of exclusive or, all of them in every step; here the training points are all there is."""
import torch
import torch.nn as nn

torch.manual_seed(4)
X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


class XOR(nn.Module):
    def __init__(self):
        super(XOR, self).__init__()
        self.hidden = nn.Linear(2, 8)
        self.output = nn.Linear(8, 1)

    def forward(self, x):
        return torch.sigmoid(self.output(torch.tanh(self.hidden(x))))


model = XOR()
loss_fn = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(200):
    optimizer.zero_grad()
    output = model(X)
    loss = loss_fn(output, Y)
    loss.backward()
    optimizer.step()
    if (epoch + 1) % 50 == 0:
        print("Epoch %d, Loss: %.4f" % (epoch + 1, loss.item()))

with torch.no_grad():
    print((model(X) > 0.5).int().flatten().tolist())
