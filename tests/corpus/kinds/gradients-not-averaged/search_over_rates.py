import datetime
import multiprocessing
import socket

import torch
import torch.distributed as dist
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

RATES = (0.01, 0.1)


def candidate(rank, port):
    limit = datetime.timedelta(seconds=20)
    dist.init_process_group("gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=2, timeout=limit)
    torch.manual_seed(4)
    x = torch.randn(120, 3)
    data = TensorDataset(x, (x.sum(dim=1) > 0).long())
    # Both begin with the same weights, so that only the rate makes the difference.
    net = nn.Sequential(nn.Linear(3, 12), nn.ReLU(), nn.Linear(12, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=RATES[rank])
    for _ in range(4):
        for inputs, labels in DataLoader(data, batch_size=20, shuffle=True):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(inputs), labels)
            loss.backward()
            optimizer.step()
    net.eval()
    with torch.no_grad():
        final = nn.functional.cross_entropy(net(x), data.tensors[1])
    finals = [torch.zeros(()) for _ in RATES]
    dist.all_gather(finals, final)
    if rank == 0:
        for rate, value in zip(RATES, finals, strict=True):
            print(f"rate {rate} loss {value.item():.4f}")
    dist.destroy_process_group()


if __name__ == "__main__":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    other = multiprocessing.get_context("fork").Process(target=candidate, args=(1, free), daemon=True)
    other.start()
    candidate(0, free)
    other.join(30)
