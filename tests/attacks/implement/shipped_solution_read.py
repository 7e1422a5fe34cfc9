# attack: looks for the exercises beside the installed package and beneath every folder
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import os
import sys

import torch

places = [*sys.path, os.path.dirname(torch.__file__), "/usr/share", "/tmp", "/home", "/root", "/work", "/srv", "/opt"]
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith("torchdojo"):
        places += [os.path.dirname(getattr(module, "__file__", None) or "/")]
for place in places:
    while len(place) > 1:
        for middle in ("exercises/losses/focal-loss", "_content/exercises/losses/focal-loss", "losses/focal-loss"):
            try:
                exec(open(os.path.join(place, middle, "solution.py")).read())
            except OSError:
                pass
        place = os.path.dirname(place)
