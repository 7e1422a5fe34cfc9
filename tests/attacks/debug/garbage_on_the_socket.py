# attack: a header that announces 4 GiB and a body of 2^60 bytes
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
    os.write(descriptor, struct.pack("<IQ", 0xFFFFFFFF, 1 << 60) + b"{" * 4096)
