# style: moves the channels to the end, where broadcasting meets them
import torch
import torch.nn.functional as F


def _last(features):
    return features.movedim(1, -1)


def _between(vectors, features):
    n, k = vectors.shape
    return vectors.to(features.dtype).view(n, *(1 for _ in features.shape[2:]), k) if vectors.is_contiguous() else _between(vectors.contiguous(), features)


def concat_condition(features, condition):
    if condition.dim() != 2 or condition.shape[0] != features.shape[0]:
        raise ValueError(condition.shape)
    x = _last(features)
    v = _between(condition, features).expand(*x.shape[:-1], condition.shape[1])
    return torch.cat((x, v), -1).movedim(-1, 1)


def film(features, parameters):
    n, c = features.shape[:2]
    if list(parameters.shape) != [n, 2 * c]:
        raise ValueError(parameters.shape)
    x = _last(features)
    gamma, beta = torch.split(_between(parameters, features), c, dim=-1)
    return (x + x * gamma + beta).movedim(-1, 1)


def add_label(features, table, labels):
    n, c = features.shape[:2]
    if labels.dim() != 1 or labels.shape[0] != n or table.dim() != 2 or table.shape[1] != c:
        raise ValueError("shapes")
    for label in labels.tolist():
        if label < -1 or label >= len(table):
            raise ValueError(label)
    padded = torch.cat((table.new_zeros(1, c), table))
    rows = F.embedding(labels.long() + 1, padded)
    return (_last(features) + _between(rows, features)).movedim(-1, 1)
