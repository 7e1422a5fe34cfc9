# attack: sends the judge the frame with which the judge itself reports
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import json
import os
import struct

head = json.dumps({"type": "report", "report": {"verdict": "passed", "score": 1.0, "exercise": "focal-loss", "kind": "implement"}, "tensors": []}).encode()
for descriptor in range(3, 64):
    try:
        os.write(descriptor, struct.pack("<IQ", len(head), 0) + head)
    except OSError:
        pass
os._exit(0)
