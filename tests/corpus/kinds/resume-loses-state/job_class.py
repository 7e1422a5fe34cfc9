# break: Job.load_checkpoint
# where: self.opt.step()
import os
import tempfile

import torch
import torch.nn.functional as F


class Job:
    def __init__(self, path, epochs):
        torch.manual_seed(7)
        self.path, self.epochs, self.epoch = path, epochs, 0
        self.net = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1, momentum=0.9)
        if os.path.exists(path):
            self.load_checkpoint()

    def load_checkpoint(self):
        checkpoint = torch.load(self.path, map_location="cpu")
        self.net.load_state_dict(checkpoint["net"])
        self.opt.load_state_dict(checkpoint["opt"])
        self.epoch = checkpoint["epoch"]

    def save_checkpoint(self):
        torch.save({"net": self.net.state_dict(), "opt": self.opt.state_dict(), "epoch": self.epoch}, self.path)

    def run(self, stop_after):
        while self.epoch < min(self.epochs, stop_after):
            for _ in range(8):
                x = torch.randn(32, 4)
                self.opt.zero_grad()
                F.cross_entropy(self.net(x), (x[:, 0] * x[:, 1] > 0).long()).backward()
                self.opt.step()
            self.epoch += 1
            self.save_checkpoint()


with tempfile.TemporaryDirectory() as folder:
    where = os.path.join(folder, "job.pt")
    Job(where, epochs=6).run(stop_after=3)
    Job(where, epochs=6).run(stop_after=6)
