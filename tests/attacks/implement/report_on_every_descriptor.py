# attack: writes a passing report to every open descriptor
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import json
import os

REPORT = {"format": 1, "exercise": "focal-loss", "kind": "implement", "verdict": "passed", "score": 1.0, "checks": [], "bugs": []}
for descriptor in range(256):
    try:
        os.write(descriptor, json.dumps(REPORT).encode() + b"\n")
    except OSError:
        pass
