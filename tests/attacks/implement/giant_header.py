# attack: announces a header of four gigabytes
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

import os
import struct


def focal_loss(*_, **__):
    os.write(4, struct.pack("<IQ", 0xFFFFFFFF, 1 << 60))
    return torch.zeros(())
