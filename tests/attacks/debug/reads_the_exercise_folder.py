# attack: knows where the answers are and prints them
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import glob
import os

FOLDER = "@@HIDDEN@@"
paths = [
    os.path.join(FOLDER, name) for name in ("solution.py", "exercise.toml", "proof.json", "debrief.md", "prompt.md")
]
paths += glob.glob(FOLDER + "/*/*.py") + glob.glob("/proc/*/cwd/**/solution.py", recursive=True)
paths += ["/proc/self/root" + path for path in paths]
for path in paths:
    try:
        with open(path) as file:
            print(path, file.read())
    except OSError as refused:
        print(path, refused)
try:
    print(os.listdir(FOLDER))
except OSError as refused:
    print(refused)
