"""What an event may look like. A trace comes from an untrusted process: whatever is not one is refused here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torchdojo.domain.trace import Place

MAX_TEXT = 4000
MAX_LIST = 4096
MAX_EVENTS = 400_000
MAX_PLACES = 20_000

Check = Callable[[Any], bool]


class Malformed(Exception):
    """The stream is not what a recorder writes."""


def _integer(value: Any) -> bool:
    return type(value) is int and -(1 << 63) <= value < 1 << 64


def _number(value: Any) -> bool:
    return type(value) is float or _integer(value)


def _text(value: Any) -> bool:
    return type(value) is str and len(value) <= MAX_TEXT


def _flag(value: Any) -> bool:
    return type(value) is bool


def _maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _list(check: Check) -> Check:
    return lambda value: type(value) is list and len(value) <= MAX_LIST and all(map(check, value))


def _scalars(value: Any) -> bool:
    return type(value) is dict and len(value) <= 64 and all(_scalar(v) for v in value.values())


def _scalar(value: Any) -> bool:
    return value is None or _number(value) or _text(value) or _flag(value) or _list(_number)(value)


def _facts(value: Any) -> bool:
    return type(value) is dict and len(value) <= 64 and all(_scalar(v) or _list(_text)(v) for v in value.values())


def _group(value: Any) -> bool:
    return type(value) is dict and all(v is None or _scalar(v) for v in value.values())


_SHAPE = _list(_integer)
_ROWS = _list(_integer)
_MATRIX = _list(_list(_maybe(_number)))

#: Keys each event must have, then those it may have. Other keys are dropped.
SCHEMA: Mapping[str, tuple[Mapping[str, Check], Mapping[str, Check]]] = {
    "batch": ({"loader": _integer}, {"shapes": _list(_SHAPE), "dtypes": _list(_text), "devices": _list(_text)}),
    "iter": ({"loader": _integer}, {"batches": _maybe(_integer), "sampler": _maybe(_text), "rows": _maybe(_integer)}),
    "forward": (
        {"id": _integer, "model": _integer, "cls": _text},
        {
            "params": _integer,
            "train_leaves": _integer,
            "eval_leaves": _integer,
            "grad": _flag,
            "inference": _flag,
            "out_grad": _flag,
            "inner_grad": _maybe(_flag),
            "beside": _flag,
            "shape": _maybe(_SHAPE),
            "entry": _maybe(_SHAPE),
            "dtype": _maybe(_text),
            "device": _maybe(_text),
            "pdevice": _maybe(_text),
            "pdtype": _maybe(_text),
            "rows": _ROWS,
            "failed": _flag,
        },
    ),
    "loss": (
        {"id": _integer, "name": _text, "shape": _SHAPE},
        {
            "dtype": _text,
            "target_shape": _maybe(_SHAPE),
            "target_dtype": _maybe(_text),
            "producer": _list(_text),
            "grad": _flag,
            "value": _maybe(_number),
            "weight": _number,
            "row_min": _maybe(_number),
            "row_sum_min": _maybe(_number),
            "row_sum_max": _maybe(_number),
            "exp_sum_min": _maybe(_number),
            "exp_sum_max": _maybe(_number),
            "spread": _maybe(_number),
            "accuracy": _maybe(_number),
            "targets": _ROWS,
            "forward": _maybe(_integer),
        },
    ),
    "backward": (
        {"forwards": _list(_integer)},
        {
            "value": _maybe(_number),
            "dtype": _maybe(_text),
            "graded": _integer,
            "retained": _flag,
            "stale": _integer,
            "failed": _flag,
        },
    ),
    "gradient": ({"forwards": _list(_integer)}, {}),
    "logits": ({"forward": _integer}, {"values": _MATRIX, "grads": _MATRIX}),
    "step": (
        {"opt": _maybe(_integer), "cls": _text, "lrs": _list(_number)},
        {
            "params": _integer,
            "with_grad": _integer,
            "stale": _integer,
            "empty": _integer,
            "update": _maybe(_number),
            "live": _maybe(_integer),
        },
    ),
    "optimizer": (
        {"opt": _integer, "cls": _text, "module": _text, "hyper": _scalars},
        {"groups": _list(_group), "owned": _integer, "trainable": _integer},
    ),
    "note": ({"by": _text, "what": _text, "facts": _facts}, {}),
    "zero": ({}, {"opt": _maybe(_integer), "model": _maybe(_integer)}),
    "schedule": ({"cls": _text}, {"opt": _maybe(_integer)}),
    "eval_mode": ({"training": _flag}, {"model": _maybe(_integer)}),
    "device": ({}, {"device": _text}),
    "end": (
        {"how": _text},
        {
            "error": _maybe(_text),
            "message": _maybe(_text),
            "line": _maybe(_integer),
            "function": _maybe(_text),
            "seconds": _number,
            "accelerator_ops": _maybe(_integer),
            "patched": _list(_text),
        },
    ),
}


def read_event(raw: Any) -> dict[str, Any]:
    """The event in this JSON value, keys beyond the schema dropped; Malformed when it is none."""
    if type(raw) is not dict or raw.get("t") not in SCHEMA:
        raise Malformed(f"an event of type {raw.get('t') if type(raw) is dict else type(raw).__name__!r:.60}")
    required, optional = SCHEMA[raw["t"]]
    event: dict[str, Any] = {"t": raw["t"], "at": raw.get("at", -1)}
    if not _integer(event["at"]):
        raise Malformed(f"a {raw['t']} event at no place")
    for key, check in required.items():
        if key not in raw or not check(raw[key]):
            raise Malformed(f"a {raw['t']} event whose {key} is not what it should be")
        event[key] = raw[key]
    for key, check in optional.items():
        if key in raw:
            if not check(raw[key]):
                raise Malformed(f"a {raw['t']} event whose {key} is not what it should be")
            event[key] = raw[key]
    return event


def whole_event(raw: Any, templates: Sequence[Any]) -> Any:
    """The event in this JSON value: itself, or in [number, fields] a template with fields added or replaced."""
    if type(raw) is not list:
        return raw
    if len(raw) != 2 or type(raw[0]) is not int or not 0 <= raw[0] < len(templates):
        raise Malformed("an event like none before")
    if type(templates[raw[0]]) is not dict or type(raw[1]) is not dict:
        raise Malformed("an event like none before")
    return {**templates[raw[0]], **raw[1]}


def read_place(raw: Any) -> Place:
    """The place in a [line, function] pair; Malformed when it is none."""
    if type(raw) is not list or len(raw) != 2 or not _integer(raw[0]) or not _text(raw[1]):
        raise Malformed("a place that is not [line, function]")
    return Place(raw[0], raw[1])
