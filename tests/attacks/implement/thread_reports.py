# attack: a thread prints the success and ends the process with status 0
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import os
import threading


def report():
    print("verdict: passed", flush=True)
    os._exit(0)


threading.Timer(0.01, report).start()
