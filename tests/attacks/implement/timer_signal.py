# attack: a timer signal ends the process in the middle of a check
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import os
import signal

signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
signal.setitimer(signal.ITIMER_REAL, 0.01)
