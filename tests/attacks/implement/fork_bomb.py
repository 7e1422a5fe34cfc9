# attack: forks while it can
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import os
import subprocess

for _ in range(1000):
    try:
        os.fork()
    except OSError:
        break
try:
    subprocess.run(["/bin/true"])
except OSError:
    pass
os.posix_spawn("/bin/true", ["true"], {})
