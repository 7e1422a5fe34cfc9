# style: clears the gradients after each step, not before the first
# verdict: wrong_answer
# caught by: test_old_gradients_are_forgotten
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn


def train(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor, *, epochs: int, batch_size: int, lr: float, log=None
) -> list[float]:
    """Plain SGD on the cross-entropy, alone or as one of several processes. Returns the mean loss of each epoch.

    x: (n, ...) and y: (n,) int64, the whole data in every process; batch_size: rows of all processes together.
    log(epoch, loss) is called on rank 0 only.
    """
    if len(x) != len(y) or not len(x) or batch_size < 1:
        raise ValueError("x and y must have the same length, at least 1, and a batch at least one row")
    together = dist.is_available() and dist.is_initialized()
    rank, processes = (dist.get_rank(), dist.get_world_size()) if together else (0, 1)
    if together:
        for tensor in [*model.parameters(), *model.buffers()]:
            dist.broadcast(tensor, src=0)  # in place: the start of rank 0 for all
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=lr)
    model.train()
    losses = []
    for epoch in range(epochs):
        total = 0.0  # the sum of the losses of our rows
        for start in range(0, len(x), batch_size):
            rows = min(batch_size, len(x) - start)  # of all processes together
            mine = slice(start + rank, start + rows, processes)
            loss = F.cross_entropy(model(x[mine]), y[mine], reduction="sum")  # ()  0 if we have no rows
            (loss / rows).backward()
            total += loss.item()
            if together:
                for parameter in trained:
                    if parameter.grad is None:
                        parameter.grad = torch.zeros_like(parameter)
                    dist.all_reduce(parameter.grad)  # the sum over processes, in place
            optimizer.step()
            optimizer.zero_grad()
        if together:
            everybody = x.new_tensor(total)  # ()
            dist.all_reduce(everybody)
            total = everybody.item()
        losses.append(total / len(x))
        if log is not None and rank == 0:
            log(epoch, losses[-1])
    return losses
