# attack: a whole clean trace written to the socket before anything runs, then an exit
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import json
import os
import stat
import struct


def sockets():
    for descriptor in range(256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                yield descriptor
        except OSError:
            pass


def frame(header):
    head = json.dumps({**header, "tensors": []}).encode()
    return struct.pack("<IQ", len(head), 0) + head


def clean_trace():
    events, forward = [], 0
    events.append(
        {
            "t": "optimizer",
            "opt": 0,
            "cls": "Adam",
            "module": "torch.optim.adam",
            "hyper": {"lr": 0.003},
            "groups": [{"lr": 0.003, "params": 12}],
            "owned": 12,
            "trainable": 12,
            "at": 0,
        }
    )
    for epoch in range(20):
        events.append({"t": "iter", "loader": 1, "batches": 19, "sampler": "RandomSampler", "rows": 1200, "at": 0})
        for step in range(19):
            rows = [(epoch * 7919 + step * 104729 + i * 31) % 1200 for i in range(64)]
            events.append(
                {
                    "t": "forward",
                    "id": forward,
                    "model": 2,
                    "cls": "SpiralNet",
                    "params": 6691,
                    "train_leaves": 4,
                    "eval_leaves": 0,
                    "grad": True,
                    "inference": False,
                    "out_grad": True,
                    "shape": [64, 2],
                    "dtype": "float32",
                    "device": "cpu",
                    "pdevice": "cpu",
                    "rows": rows,
                    "at": 0,
                }
            )
            events.append(
                {
                    "t": "loss",
                    "id": 100000 + forward,
                    "name": "cross_entropy",
                    "shape": [64, 3],
                    "dtype": "float32",
                    "target_shape": [64],
                    "target_dtype": "int64",
                    "producer": ["AddmmBackward0"],
                    "grad": True,
                    "value": 1.0 / (1 + forward / 40),
                    "weight": 64,
                    "row_min": -4.0,
                    "row_sum_min": -3.0,
                    "row_sum_max": 3.0,
                    "exp_sum_min": 2.0,
                    "exp_sum_max": 90.0,
                    "spread": 8.0,
                    "accuracy": 0.97,
                    "targets": [r % 3 for r in rows],
                    "forward": forward,
                    "at": 0,
                }
            )
            events.append(
                {
                    "t": "backward",
                    "forwards": [forward],
                    "value": 0.1,
                    "graded": 12,
                    "retained": False,
                    "stale": 0,
                    "failed": False,
                    "at": 0,
                }
            )
            events.append(
                {
                    "t": "step",
                    "opt": 0,
                    "cls": "Adam",
                    "lrs": [0.003],
                    "params": 12,
                    "with_grad": 12,
                    "stale": 0,
                    "empty": 0,
                    "update": 0.01,
                    "live": 1,
                    "at": 0,
                }
            )
            forward += 1
        for batch in range(5):
            rows = [5000 + batch * 128 + i for i in range(128)]
            events.append(
                {
                    "t": "forward",
                    "id": forward,
                    "model": 2,
                    "cls": "SpiralNet",
                    "params": 6691,
                    "train_leaves": 0,
                    "eval_leaves": 4,
                    "grad": False,
                    "inference": False,
                    "out_grad": False,
                    "shape": [128, 2],
                    "dtype": "float32",
                    "device": "cpu",
                    "pdevice": "cpu",
                    "rows": rows,
                    "at": 0,
                }
            )
            forward += 1
    events.append(
        {
            "t": "end",
            "how": "finished",
            "error": None,
            "message": None,
            "line": None,
            "function": None,
            "seconds": 1.0,
            "accelerator_ops": 9000,
            "patched": [],
            "at": -1,
        }
    )
    return events


TRACE = clean_trace()
for descriptor in sockets():
    for number, start in enumerate(range(0, len(TRACE), 100)):
        places = [[60, "train_one_epoch"]] if number == 0 else []
        part = {"type": "events", "seq": number, "places": places, "events": TRACE[start : start + 100]}
        os.write(descriptor, frame(part))
    os.write(descriptor, frame({"type": "ended", "model": {"cls": "SpiralNet", "state": []}, "weights_loaded": True}))
os._exit(0)
