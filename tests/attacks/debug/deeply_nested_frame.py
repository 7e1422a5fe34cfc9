# attack: JSON nested thirty thousand deep on the socket
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
    head = b"[" * 30000 + b"]" * 30000
    os.write(descriptor, struct.pack("<IQ", len(head), 0) + head)
