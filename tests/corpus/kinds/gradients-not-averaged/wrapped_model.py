# break: main.model
# where: optimizer.step()
import datetime
import os
import socket
import sys

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(5, 16)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))


def main(rank):
    dist.init_process_group("gloo", rank=rank, world_size=2, timeout=datetime.timedelta(seconds=20))
    generator = torch.Generator().manual_seed(8)
    x = torch.randn(128, 5, generator=generator)
    y = x.square().sum(dim=1, keepdim=True)
    torch.manual_seed(0)
    model = Net()
    model = DDP(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    share = slice(64 * rank, 64 * (rank + 1))
    for epoch in range(5):
        for inputs, targets in zip(x[share].split(16), y[share].split(16), strict=True):
            loss = nn.functional.smooth_l1_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if rank == 0:
            print("epoch", epoch, "last loss", loss.item())
    dist.barrier()
    dist.destroy_process_group()


with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(s.getsockname()[1]), GLOO_SOCKET_IFNAME="lo")
sys.stdout.flush()
child = os.fork()
if child == 0:
    try:
        main(1)
    finally:
        os._exit(0)
main(0)
os.waitpid(child, 0)
