# attack: a passing report written to every open descriptor
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import json
import os

BUGS = [
    "softmax-before-cross-entropy",
    "missing-zero-grad",
    "loss-kept-with-graph",
    "missing-eval-mode",
    "missing-no-grad",
    "hardcoded-cpu",
    "unshuffled-training",
    "learning-rate-too-high",
]
REPORT = json.dumps(
    {
        "format": 1,
        "exercise": "spiral-classifier",
        "kind": "debug",
        "verdict": "passed",
        "score": 1.0,
        "checks": [],
        "bugs": [
            {"id": b, "fixed": True, "state": "fixed", "rests_on": "both", "evidence": "", "where": ""} for b in BUGS
        ],
        "goal": {"name": "val_accuracy", "target": 0.85, "measured": 0.99, "met": True},
    }
)
for descriptor in range(256):
    try:
        os.write(descriptor, REPORT.encode() + b"\n")
    except OSError:
        pass
