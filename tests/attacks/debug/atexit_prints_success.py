# attack: an exit handler prints the success and ends with status 0
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import atexit
import os


def leave():
    print("epoch 20  val accuracy 0.990\nPASSED", flush=True)
    os._exit(0)


atexit.register(leave)
