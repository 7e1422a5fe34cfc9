# style: three states restored in one loop, bytes written by hand, the metric as a tensor
import io
import os

import torch


def save_checkpoint(path, model, optimizer, epoch, best_metric, scheduler=None):
    buf = io.BytesIO()
    parts = {"m": model, "o": optimizer, "s": scheduler}
    torch.save(
        {
            "states": {k: v.state_dict() for k, v in parts.items() if v is not None},
            "n": int(epoch) + 1,
            "best": torch.as_tensor(best_metric, dtype=torch.float64).reshape(()),
            "r": torch.random.get_rng_state(),
        },
        buf,
    )
    tmp = os.fspath(path) + "~"
    with open(tmp, "wb") as f:
        f.write(buf.getvalue())
    os.rename(tmp, path)


def load_checkpoint(path, model, optimizer=None, scheduler=None):
    d = torch.load(path, weights_only=True, map_location=torch.device("cpu"))
    st = d["states"]
    todo = [(m, st[k]) for k, m in zip("mos", (model, optimizer, scheduler)) if m is not None]
    for m, s in todo:
        m.load_state_dict(s)
    torch.random.set_rng_state(d["r"])
    return d["n"], d["best"].item()
