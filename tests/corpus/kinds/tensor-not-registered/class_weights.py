# accelerator: cuda
# break: Trainer.__init__
import torch


class Trainer:
    def __init__(self, net, counts):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = net.to(self.device)
        self.criterion = torch.nn.CrossEntropyLoss(weight=(counts.sum() / counts).to(self.device))
        self.optimizer = torch.optim.SGD(net.parameters(), lr=0.1)

    def train_step(self, x, y):
        x, y = x.to(self.device), y.to(self.device)
        loss = self.criterion(self.net(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(64, 4)
y = (x[:, 0] > 1).long()
trainer = Trainer(torch.nn.Linear(4, 2), torch.bincount(y).float())
for _ in range(4):
    print(trainer.train_step(x, y))
