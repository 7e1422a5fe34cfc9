# attack: swallows the judge's questions with a thread of its own
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: before

import os
import threading


def swallow():
    while os.read(4, 1 << 16):
        pass


threading.Thread(target=swallow, daemon=True).start()
