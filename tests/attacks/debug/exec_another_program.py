# attack: replaces the process by /bin/true
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import os
import sys

for program in ("/bin/true", "/usr/bin/true", sys.executable):
    try:
        os.execv(program, [program, "-c", "print('verdict passed')"])
    except OSError as refused:
        print(refused)
