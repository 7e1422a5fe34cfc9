import datetime
import multiprocessing
import socket

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn


def accuracy(net, points, labels):
    counts = torch.zeros(2)
    net.eval()
    with torch.no_grad():
        for rows in torch.arange(len(points)).split(25):
            guessed = net(points[rows]).argmax(dim=1)
            counts += torch.tensor([(guessed == labels[rows]).sum(), len(rows)])
    net.train()
    own = (counts[0] / counts[1]).item()
    dist.all_reduce(counts)
    return own, (counts[0] / counts[1]).item()


def work(rank, world, port):
    limit = datetime.timedelta(seconds=20)
    dist.init_process_group("gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=world, timeout=limit)
    torch.manual_seed(3)
    points = torch.randn(432, 6)
    labels = (points[:, 0] * points[:, 1] > 0).long() + 2 * (points[:, 2] > 0.3).long()
    test_points, test_labels = points[232 + rank :: world], labels[232 + rank :: world]
    net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 4))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    mine = torch.arange(rank, 232, world)
    for epoch in range(5):
        for rows in mine[torch.randperm(len(mine))].split(16):
            optimizer.zero_grad()
            F.cross_entropy(net(points[rows]), labels[rows]).backward()
            for weight in net.parameters():
                dist.all_reduce(weight.grad)
                weight.grad /= world
            optimizer.step()
        own, result = accuracy(net, test_points, test_labels)
        if rank == 0:
            print(f"epoch {epoch} accuracy {own:.3f} on the part of rank 0, {result:.3f} on all")
    dist.destroy_process_group()


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    other = multiprocessing.get_context("fork").Process(target=work, args=(1, 2, free), daemon=True)
    other.start()
    work(0, 2, free)
    other.join(30)
