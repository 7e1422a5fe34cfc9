# attack: an exit handler prints the success and ends with status 0
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import atexit
import os


@atexit.register
def report():
    print("PASSED\n12 passed", flush=True)
    os._exit(0)
