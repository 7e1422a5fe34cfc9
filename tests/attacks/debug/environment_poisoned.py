# attack: changes the environment, the import path and site-packages for the next run
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import os
import sys

import torch

os.environ.update(PYTHONPATH="/tmp", LD_PRELOAD="/tmp/x.so", PYTHONSTARTUP="/tmp/x.py", PYTHONOPTIMIZE="2")
sys.path.insert(0, "/tmp")
sys.meta_path.clear()
for path in (torch.__file__, os.__file__, sys.executable):
    try:
        with open(path, "a") as file:
            file.write("\nprint('POISONED')\n")
    except OSError as refused:
        print(refused)
