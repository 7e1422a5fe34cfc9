# attack: well-formed report and ended frames on the judge's socket, then the broken script
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


for descriptor in sockets():
    for kind in ("report", "progress", "ended", "bye"):
        os.write(descriptor, frame({"type": kind, "report": {"verdict": "passed"}, "event": {}, "model": None}))
