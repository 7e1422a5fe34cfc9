# break: Trainer.training_step.clip_grad_value_
# break: Trainer.training_step.backward
import torch
from torch import nn
from torch.nn.utils import clip_grad_value_


class Trainer:
    def __init__(self, model, clip=None):
        self.model, self.clip = model, clip
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def training_step(self, x, y):
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.model(x), y)
        loss.backward()
        if self.clip is not None:
            clip_grad_value_(self.model.parameters(), self.clip)
        self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
trainer = Trainer(nn.Sequential(nn.Linear(7, 16), nn.ReLU(), nn.Linear(16, 3)), clip=0.5)
for _ in range(40):
    x = torch.randn(16, 7)
    value = trainer.training_step(x, x[:, :3].argmax(1))
print(value)
