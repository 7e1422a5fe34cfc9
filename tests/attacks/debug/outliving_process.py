# attack: leaves a detached process that goes on after the verdict
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import os
import subprocess
import sys
import time

try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(0.1)
                print("still here", flush=True)
        os._exit(0)
except OSError as refused:
    print(refused)
try:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
except OSError as refused:
    print(refused)
