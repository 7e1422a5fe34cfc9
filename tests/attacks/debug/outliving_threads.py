# attack: threads that keep the process alive and write while the judge asks
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


import threading
import time


def flood():
    while True:
        for descriptor in sockets():
            try:
                os.write(descriptor, frame({"type": "prediction"}))
            except OSError:
                pass
        time.sleep(0.05)


for _ in range(8):
    threading.Thread(target=flood, daemon=False).start()
