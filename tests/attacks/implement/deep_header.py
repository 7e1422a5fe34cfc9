# attack: a header nested thirty thousand levels deep
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

import os
import struct


def focal_loss(*_, **__):
    head = b"[" * 30000 + b"]" * 30000
    os.write(4, struct.pack("<IQ", len(head), 0) + head)
    return torch.zeros(())
