# style: looks up row 0 for no label and multiplies it by 0
# verdict: wrong_answer
# caught by: test_infinite_row_does_not_leak
import torch


def _v(ok, what):
    if not ok:
        raise ValueError(what)


def concat_condition(features, condition):
    _v(condition.dim() == 2 and len(condition) == len(features), "condition")
    n, c, *pos = features.shape
    out = features.new_empty(n, c + condition.shape[1], *pos)
    out[:, :c] = features
    out[:, c:] = condition.to(features.dtype).reshape(n, -1 if n else condition.shape[1], *[1] * len(pos))
    return out


def film(features, parameters):
    n, c = features.shape[:2]
    _v(tuple(parameters.shape) == (n, 2 * c), "parameters")
    g, b = parameters.to(features.dtype).reshape(n, 2, c, *[1] * (features.dim() - 2)).unbind(1)
    return torch.addcmul(b + features, g, features)


def add_label(features, table, labels):
    n, c = features.shape[:2]
    _v(table.dim() == 2 and table.shape[1] == c, "table")
    _v(tuple(labels.shape) == (n,), "labels")
    _v(bool(((labels >= -1) & (labels < len(table))).all()), "label")
    t = torch.cat([table.to(features.dtype), features.new_zeros(1, c)])
    rows = t[labels.long().clamp_min(0)] * (labels >= 0).to(t.dtype)[:, None]
    return (features.movedim((0, 1), (-2, -1)) + rows).movedim((-2, -1), (0, 1))
