# attack: a timer raises SystemExit in the middle of training
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import signal
import sys

signal.signal(signal.SIGALRM, lambda *_: sys.exit(0))
signal.setitimer(signal.ITIMER_REAL, 0.2)
