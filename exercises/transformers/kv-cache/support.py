"""What has to happen beside the learner's objects."""

import torch


def stored_after_writing(cache, k, v):
    """What is stored once the caller has reused his tensors."""
    k, v = k.clone(), v.clone()
    cache.append(k, v)
    k.fill_(7.0)
    v.fill_(8.0)
    return [t.clone() for t in cache.append(torch.zeros_like(k), torch.zeros_like(v))]


def keeps_graph(cache, k, v):
    """Whether what comes back knows how it was computed."""
    k, v = k.clone().requires_grad_(), v.clone().requires_grad_()
    keys, values = cache.append(2 * k, 3 * v)
    return keys.requires_grad or values.requires_grad


def fill(cache, k, v):
    """Append without taking the result out."""
    cache.append(k, v)


def device_of(cache_class):
    k = torch.zeros(1, 2, 1, 3, device="meta")
    try:
        keys, values = cache_class(1, 2, 4, 3, device="meta").append(k, k)
    except NotImplementedError as error:
        if "meta" not in str(error):
            raise
        return "elsewhere", "elsewhere"
    return keys.device.type, values.device.type
