# style: keeps the count of the schedule and not its state
# verdict: wrong_answer
# caught by: test_resumed_run_goes_on_exactly
import os
from pathlib import Path

import torch
from torch import nn


def save_checkpoint(
    path: str | Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    epoch: int,
    best_metric: float,
    scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
) -> None:
    """Write all that is needed to go on after `epoch`; never leave a broken file at `path`."""
    checkpoint = {
        "model": model.state_dict(),  # parameters and buffers
        "optimizer": optimizer.state_dict(),
        "epoch": epoch,
        "best_metric": float(best_metric),  # a plain number: safe loading knows no others
        "rng": torch.get_rng_state(),  # (bytes,) uint8
    }
    if scheduler is not None:
        checkpoint["scheduler"] = scheduler.last_epoch
    beside = Path(f"{path}.part")  # the same folder, so that the move is a rename
    try:
        torch.save(checkpoint, beside)
        os.replace(beside, path)  # all or nothing
    finally:
        beside.unlink(missing_ok=True)


def load_checkpoint(
    path: str | Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer | None = None,
    scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
) -> tuple[int, float]:
    """Restore everything in place; returns the next epoch and the best metric."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    if scheduler is not None and "scheduler" not in checkpoint:
        raise KeyError("the checkpoint has no scheduler state")
    model.load_state_dict(checkpoint["model"])
    if optimizer is not None:
        optimizer.load_state_dict(checkpoint["optimizer"])
    if scheduler is not None:
        scheduler.last_epoch = checkpoint["scheduler"]
    torch.set_rng_state(checkpoint["rng"])
    return checkpoint["epoch"] + 1, checkpoint["best_metric"]
