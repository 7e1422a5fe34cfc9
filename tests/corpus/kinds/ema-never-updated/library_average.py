# break: Training.step
# where: self.averaged(
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class Training:
    def __init__(self):
        self.net = torch.nn.Sequential(torch.nn.Linear(6, 20), torch.nn.ReLU(), torch.nn.Linear(20, 3))
        self.averaged = AveragedModel(self.net, multi_avg_fn=get_ema_multi_avg_fn(0.9))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.3)

    def step(self, x, y):
        self.optimizer.zero_grad()
        torch.nn.functional.cross_entropy(self.net(x), y).backward()
        self.optimizer.step()
        self.averaged.update_parameters(self.net)

    @torch.no_grad()
    def accuracy(self, x, y):
        self.averaged.eval()
        return (self.averaged(x).argmax(1) == y).float().mean().item()


torch.manual_seed(3)
training = Training()
held = torch.randn(100, 6)
for epoch in range(5):
    for _ in range(10):
        x = torch.randn(32, 6)
        training.step(x, x[:, :3].argmax(1))
    print(training.accuracy(held, held[:, :3].argmax(1)))
