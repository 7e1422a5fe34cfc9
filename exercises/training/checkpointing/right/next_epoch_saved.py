# style: keeps the next epoch instead of the last one, cleans up in an except branch
from pathlib import Path

import torch


def save_checkpoint(path, model, optimizer, epoch, best_metric, scheduler=None):
    parts = {"model": model, "optimizer": optimizer}
    if scheduler is not None:
        parts["scheduler"] = scheduler
    state = {name: part.state_dict() for name, part in parts.items()}
    metric = best_metric.item() if hasattr(best_metric, "item") else best_metric
    state |= {"next": epoch + 1, "best": float(metric), "rng": torch.default_generator.get_state()}
    path = Path(path)
    temporary = path.with_suffix(".tmp")
    try:
        torch.save(state, temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    temporary.replace(path)


def load_checkpoint(path, model, optimizer=None, scheduler=None):
    state = torch.load(path, weights_only=True, map_location="cpu")
    wanted = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
    jobs = [(part, state[name]) for name, part in wanted.items() if part is not None]
    for part, value in jobs:
        part.load_state_dict(value)
    torch.default_generator.set_state(state["rng"])
    return state["next"], state["best"]
