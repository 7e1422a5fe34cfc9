"""An engine that adds up gradients of a mean squared error written by hand."""
from dataclasses import dataclass
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
@dataclass
class Config:
    micro_batch: int = 4
    global_batch: int = 32
    lr: float = 0.01
    epochs: int = 4
class Engine:
    def __init__(self, module, cfg):
        self.module, self.cfg = module, cfg
        self.optimizer = torch.optim.SGD(module.parameters(), lr=cfg.lr, momentum=0.9)
        self.micro = 0
        self.grad_accum = cfg.global_batch // cfg.micro_batch
    def backward(self, loss):
        loss.backward()
        self.micro += 1
    def step(self):
        if self.micro % self.grad_accum:
            return
        torch.nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
torch.manual_seed(0)
x = torch.randn(512, 5); y = torch.sin(x).sum(1, keepdim=True)
loader = DataLoader(TensorDataset(x, y), batch_size=Config.micro_batch, shuffle=True)
eng = Engine(nn.Sequential(nn.Linear(5, 32), nn.GELU(), nn.Linear(32, 1)), Config())
for epoch in range(eng.cfg.epochs):
    for xb, yb in loader:
        loss = ((eng.module(xb) - yb) ** 2).mean()
        eng.backward(loss)
        eng.step()
    print(epoch, loss.item())
