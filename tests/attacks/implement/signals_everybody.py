# attack: sends signals to every process it can name
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: before

import os
import signal

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
    for process in (os.getppid(), 1, 2, 3, -1):
        if process:
            try:
                os.kill(process, number)
            except OSError:
                pass
