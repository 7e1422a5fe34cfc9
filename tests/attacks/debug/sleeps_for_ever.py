# attack: ignores every signal and sleeps
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import signal
import time

for number in range(1, 64):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    time.sleep(1000)
