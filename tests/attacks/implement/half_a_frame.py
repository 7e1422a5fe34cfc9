# attack: begins a frame, drips a byte now and then, and never ends it
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

import os
import struct
import time


def focal_loss(*_, **__):
    os.write(4, struct.pack("<IQ", 1000, 0))
    while True:
        os.write(4, b"{")
        time.sleep(0.1)
