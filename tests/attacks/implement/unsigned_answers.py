# attack: writes answers to the socket before anybody asked
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import json
import os
import struct


def frame(header):
    head = json.dumps({**header, "tensors": []}).encode()
    return struct.pack("<IQ", len(head), 0) + head


ANSWERS = [{"type": "hello"}, {"type": "loaded", "names": ["focal_loss"], "forbidden": [], "signature": "0" * 16}]
ANSWERS += [{"type": "done", "value": None, "nodes": [], "storages": [], "forbidden": [], "changed": [], "grads": []}] * 40
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b"".join(map(frame, ANSWERS)))
    except OSError:
        pass
