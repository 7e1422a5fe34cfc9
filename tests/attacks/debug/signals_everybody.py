# attack: kills its parent, its group and everything it may
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import os
import signal

for target in (os.getppid(), 0, -1, 1, *range(2, 400)):
    if target == os.getpid():
        continue
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(target, number)
        except OSError as refused:
            print(target, refused)
            break
