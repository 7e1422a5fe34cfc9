# attack: symbolic and hard links from the work folder to the answers
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import os

FOLDER = "@@HIDDEN@@"
for number, (target, link) in enumerate(
    ((FOLDER, os.symlink), (FOLDER + "/solution.py", os.symlink), (FOLDER + "/solution.py", os.link), ("/", os.symlink))
):
    name = f"link{number}"
    try:
        link(target, name)
        print(os.listdir(name) if os.path.isdir(name) else open(name).read())
    except OSError as refused:
        print(refused)
try:
    os.remove("pytorch_debug_problem.py")
    os.symlink(FOLDER + "/solution.py", "pytorch_debug_problem.py")
    print(open("pytorch_debug_problem.py").read())
except OSError as refused:
    print(refused)
