# style: match statement, powers of a tensor made by new_tensor, frozen parameters avoided by buffers in a loop
import torch


def pick_device(wanted=None):
    asked = [("cuda", torch.cuda.is_available), ("mps", torch.backends.mps.is_available)]
    if wanted is None:
        for name, question in asked:
            if question():
                return torch.device(name)
        return torch.device("cpu")
    result = torch.device(wanted)
    for name, question in asked:
        if result.type == name and not question():
            raise ValueError(f"no {name}")
    return result


def move_to(batch, device, non_blocking=False):
    def again(value):
        return move_to(value, device, non_blocking)

    match batch:
        case torch.Tensor():
            if batch.device == torch.device(device):
                return batch
            return batch.to(device, batch.dtype, non_blocking)
        case dict():
            return dict(zip(batch.keys(), map(again, batch.values())))
        case list():
            return [*map(again, batch)]
        case tuple() if hasattr(batch, "_make"):
            return batch._make(map(again, batch))
        case tuple():
            return (*map(again, batch),)
        case _:
            return batch


def fade(x, rate):
    weights = x.new_tensor([rate**t for t in range(x.size(-1))])
    return torch.einsum("...t,t->...t", x, weights)


class Standardize(torch.nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        for name, values in (("mean", mean), ("std", std)):
            buffer = torch.empty(len(values))
            buffer.copy_(torch.as_tensor(values))
            self.register_buffer(name, buffer)

    def forward(self, x):
        extra = (None,) * (x.ndim - 2)
        index = (slice(None), *extra)
        return x.sub(self.mean[index]).div(self.std[index])
