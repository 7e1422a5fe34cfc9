"""Real processes with a gloo group between them, and a model that tells what it was given."""

import datetime
import io
import os
import socket
import traceback

import torch
import torch.distributed as dist
from torch import nn


class Net(nn.Module):
    """Two layers and a buffer that takes part. `frozen` is used and not trained, `idle` is trained and not used."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.last = nn.Linear(4, 3)
        self.frozen = nn.Parameter(torch.ones(4), requires_grad=False)
        self.idle = nn.Parameter(torch.ones(2))
        self.register_buffer("shift", torch.zeros(3))
        self.seen = []
        self.modes = []

    def forward(self, x):
        self.seen.append(x.detach().clone())
        self.modes.append(self.training)
        return self.last(torch.tanh(self.first(x - self.shift)) * self.frozen)


def net_from(state):
    net = Net().to(state["shift"].dtype)
    net.load_state_dict(state)
    net.eval()
    return net


def outcome(train, state, x, y, **settings):
    """What one call of `train` leaves behind."""
    net, logged = net_from(state), []
    rows_before_log = []

    def log(epoch, loss):
        logged.append([epoch, loss])
        rows_before_log.append(sum(len(batch) for batch in net.seen))

    if settings.pop("with_log", True):
        settings["log"] = log
    old_gradients = settings.pop("old_gradients", None)
    if old_gradients is not None:
        for parameter in net.parameters():
            parameter.grad = torch.full_like(parameter, old_gradients)
    losses = train(net, x, y, **settings)
    rows = [row.tolist() for batch in net.seen for row in batch]
    return {
        "losses": losses,
        "kinds": [type(loss).__name__ for loss in losses],
        "logged": logged,
        "rows_before_log": rows_before_log,
        "trainable": [name for name, parameter in net.named_parameters() if parameter.requires_grad],
        "rows": rows,
        "modes": net.modes,
        "state": dict(net.state_dict()),
    }


def in_processes(train, states, x, y, **settings):
    """One process per state, each with that start. A list of outcomes, by rank."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stay, leave = os.pipe()
    pipes, children = [], []
    for rank, state in enumerate(states):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(leave)
                _one_process(rank, len(states), port, write, stay, train, state, x, y, settings)
            finally:
                os._exit(0)
        os.close(write)
        pipes.append(read)
        children.append(child)
    answers = []
    for read in pipes:
        with os.fdopen(read, "rb") as stream:
            data = stream.read()
        answers.append(torch.load(io.BytesIO(data), weights_only=True) if data else "it ended without a word")
    os.close(leave)
    os.close(stay)
    for child in children:
        os.waitpid(child, 0)
    errors = [f"rank {rank}: {answer}" for rank, answer in enumerate(answers) if isinstance(answer, str)]
    if errors:
        # A process that lost its partner has less to say than the one that failed.
        raise RuntimeError(min(errors, key=lambda error: "onnection" in error))
    return answers


def _one_process(rank, size, port, write, stay, train, state, x, y, settings):
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    try:
        dist.init_process_group(
            "gloo",
            init_method=f"tcp://127.0.0.1:{port}",
            rank=rank,
            world_size=size,
            timeout=datetime.timedelta(seconds=5),
        )
        answer = outcome(train, state, x, y, **settings)
        # Whoever made another number of collective calls is out of step here.
        ranks = [torch.zeros(3) for _ in range(size)]
        dist.all_gather(ranks, torch.full((3,), float(rank)))
        answer["ranks"] = [int(tensor[0]) for tensor in ranks]
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        answer = f"{type(error).__name__}: {error} (line {place.lineno}, {place.name})"
    buffer = io.BytesIO()
    torch.save(answer, buffer)
    with os.fdopen(write, "wb") as stream:
        stream.write(buffer.getvalue())
    if not isinstance(answer, str):
        os.read(stay, 1)  # until all have answered: leaving earlier would cut the others' connections
