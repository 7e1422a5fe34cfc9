# style: views with indices of None, one_hot times table, result written into an empty tensor
import torch


def spread(vectors, features):
    return vectors[(...,) + (None,) * (features.ndim - 2)].to(features.dtype)


def concat_condition(features, condition):
    n, c, *positions = features.shape
    if condition.ndim != 2 or condition.size(0) != n:
        raise ValueError("condition")
    out = torch.empty(n, c + condition.size(1), *positions, dtype=features.dtype, device=features.device)
    out[:, :c] = features
    out[:, c:] = spread(condition, features)
    return out


def film(features, parameters):
    c = features.size(1)
    if tuple(parameters.shape) != (features.size(0), c + c):
        raise ValueError("parameters")
    p = spread(parameters, features)
    return torch.addcmul(features + p[:, c:], features, p[:, :c])


def add_label(features, table, labels):
    n, c = features.shape[:2]
    if table.ndim != 2 or table.size(1) != c or list(labels.shape) != [n]:
        raise ValueError("shapes")
    if n and (labels.min() < -1 or labels.max() >= table.size(0)):
        raise ValueError("labels")
    rows = table.to(features.dtype)[labels.clamp(min=0).long()]
    rows = rows.masked_fill((labels < 0)[:, None], 0)
    return features + spread(rows, features)
