# attack: holds the interpreter lock in a regular expression for hours
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import re
import signal

for number in range(1, 64):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
re.match(r"(a+)+$", "a" * 60 + "b")
