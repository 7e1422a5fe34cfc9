# style: serialises into memory first, then writes a temporary file and renames it; flat keys
import io
import os
import tempfile

import torch


def save_checkpoint(path, model, optimizer, epoch, best_metric, scheduler=None):
    buffer = io.BytesIO()
    torch.save(
        [
            dict(model.state_dict()),
            optimizer.state_dict(),
            None if scheduler is None else scheduler.state_dict(),
            torch.random.get_rng_state(),
            [int(epoch), torch.as_tensor(best_metric).item()],
        ],
        buffer,
    )
    handle, name = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
    with os.fdopen(handle, "wb") as file:
        file.write(buffer.getvalue())
        file.flush()
        os.fsync(file.fileno())
    os.rename(name, path)


def load_checkpoint(path, model, optimizer=None, scheduler=None):
    weights, optimizer_state, schedule, rng, (epoch, best) = torch.load(path, map_location=torch.device("cpu"))
    if scheduler and schedule is None:
        raise ValueError("no schedule")
    model.load_state_dict(weights)
    if optimizer:
        optimizer.load_state_dict(optimizer_state)
    if scheduler:
        scheduler.load_state_dict(schedule)
    torch.random.set_rng_state(rng)
    return epoch + 1, best
