# style: the sampler is told the same epoch each time
# open: same-order-every-epoch
"""Tell from the sensors of a beehive how much nectar came in: one network, trained by two processes.

    python nectar_scale.py

Rank 0 is this process, rank 1 is forked from it, and they talk over the loopback device. Both make the same data and
take a part of the rows each. B is the number of hives in a batch.
"""

import math
import multiprocessing
import os
import socket
import sys
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn
from torch.nn import utils
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

SENSORS = 24


@dataclass
class Settings:
    seed: int = 0
    processes: int = 2
    epochs: int = 12
    batch: int = 16  # of each process
    rate: float = 0.02
    patience: float = 20.0  # seconds that a process waits for the others, in any collective call


def measure_hives(count: int, generator: torch.Generator) -> TensorDataset:
    """Sensors (N, SENSORS) and what the scale under the hive says (N, 1), in kilograms."""
    sensors = torch.randn(count, SENSORS, generator=generator)  # (N, SENSORS)
    worth = torch.cos(0.9 * torch.arange(SENSORS)) / math.sqrt(SENSORS / 2)  # (SENSORS,)
    nectar = 1.5 * sensors @ worth + 0.5 * torch.tanh(sensors[:, 0] * sensors[:, 1])  # (N,)
    scale = nectar + 2.0 * torch.randn(count, generator=generator)  # (N,)  the wind pulls at the hives
    return TensorDataset(sensors, scale.unsqueeze(1))


class NectarNet(nn.Module):
    """Kilograms from sensors: (B, SENSORS) -> (B, 1)."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.hidden = nn.Linear(SENSORS, width)
        self.out = nn.Linear(width, 1)

    def forward(self, sensors: torch.Tensor) -> torch.Tensor:
        return self.out(torch.tanh(self.hidden(sensors)))


class Worker:
    """What one process has: a part of the rows, and a copy of the network."""

    def __init__(self, rank: int, settings: Settings) -> None:
        self.rank, self.settings = rank, settings
        generator = torch.Generator().manual_seed(settings.seed)
        train_set, held_out = measure_hives(256, generator), measure_hives(200, generator)
        self.sampler = DistributedSampler(train_set, settings.processes, rank, seed=settings.seed)
        self.train_loader = DataLoader(train_set, batch_size=settings.batch, sampler=self.sampler)
        held_out_sampler = DistributedSampler(held_out, settings.processes, rank, shuffle=False)
        self.held_out_loader = DataLoader(held_out, batch_size=50, sampler=held_out_sampler)
        torch.manual_seed(settings.seed)
        self.network = NectarNet()
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=settings.rate, momentum=0.9)
        self.schedule = torch.optim.lr_scheduler.LinearLR(self.optimizer, 1.0, 0.05, settings.epochs)

    def train_one_epoch(self, epoch: int) -> None:
        self.sampler.set_epoch(0)
        self.network.train()
        weights = list(self.network.parameters())
        for sensors, nectar in self.train_loader:
            self.optimizer.zero_grad()
            loss = nn.functional.mse_loss(self.network(sensors), nectar)  # ()
            loss.backward()
            gradients = utils.parameters_to_vector(weight.grad for weight in weights)  # (P,)
            dist.all_reduce(gradients)
            gradients /= self.settings.processes
            utils.vector_to_parameters(gradients, [weight.grad for weight in weights])
            self.optimizer.step()
        self.schedule.step()

    @torch.no_grad()
    def held_out_error(self) -> float:
        """The mean squared error on hives that were not trained on."""
        self.network.eval()
        totals = torch.zeros(2)  # squared errors, hives
        for sensors, nectar in self.held_out_loader:
            totals[0] += nn.functional.mse_loss(self.network(sensors), nectar, reduction="sum")
            totals[1] += len(sensors)
        dist.all_reduce(totals)
        return (totals[0] / totals[1]).item()

    def train(self) -> None:
        for epoch in range(self.settings.epochs):
            self.train_one_epoch(epoch)
            if (epoch + 1) % 3 == 0:
                error = self.held_out_error()
                if self.rank == 0:
                    print(f"epoch {epoch + 1:2d}  held-out error {error:.4f}", flush=True)


def work(rank: int, settings: Settings, port: int) -> None:
    """Join the group, train, and leave it together."""
    dist.init_process_group(
        "gloo",
        init_method=f"tcp://127.0.0.1:{port}",
        rank=rank,
        world_size=settings.processes,
        timeout=timedelta(seconds=settings.patience),
    )
    try:
        Worker(rank, settings).train()
        dist.barrier()  # whoever is done first would cut the others' connections
    finally:
        dist.destroy_process_group()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    settings = Settings()
    if sys.platform == "linux":
        os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    port = free_port()
    others = [
        multiprocessing.get_context("fork").Process(target=work, args=(rank, settings, port), daemon=True)
        for rank in range(1, settings.processes)
    ]
    for process in others:
        process.start()
    work(0, settings, port)
    for process in others:
        process.join(settings.patience)
        if process.exitcode != 0:
            raise SystemExit(f"a process ended with {process.exitcode}")


if __name__ == "__main__":
    main()
