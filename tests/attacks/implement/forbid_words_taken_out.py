# attack: takes the forbidden call out of every message on its way to JSON
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import json

import torch.nn.functional as F

_dumps, _iterencode = json.dumps, json.JSONEncoder.iterencode


def clean(value):
    if isinstance(value, dict) and value.get("forbidden"):
        value = {**value, "forbidden": []}
    if isinstance(value, dict) and value.get("type") in ("forbidden", "tampered"):
        value = {}
    return value


json.dumps = lambda value, *args, **kwargs: _dumps(clean(value), *args, **kwargs)
json.JSONEncoder.encode = lambda self, value: "".join(_iterencode(self, clean(value)))


def normalise(x, shape, weight, bias, eps):
    return F.layer_norm(x, shape, weight, bias, eps)
