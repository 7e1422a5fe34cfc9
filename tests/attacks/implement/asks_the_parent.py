# attack: asks every socket and every parent for the expected value
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import json
import os
import socket
import struct

head = json.dumps({"type": "do", "op": "getattr", "target": None, "args": ["expected"], "tensors": []}).encode()
for descriptor in range(3, 32):
    try:
        os.write(descriptor, struct.pack("<IQ", len(head), 0) + head)
        os.set_blocking(descriptor, False)
        print(os.read(descriptor, 4096))
    except OSError:
        pass
for address in ("\0torchdojo", "/tmp/torchdojo.sock", f"/run/user/{os.getuid()}/torchdojo"):
    try:
        socket.socket(socket.AF_UNIX).connect(address)
    except OSError:
        pass
