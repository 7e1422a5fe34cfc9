# attack: looks for anything called solution, exercise or proof and prints it
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import os
import sys

WANTED = ("solution.py", "exercise.toml", "proof.json", "curriculum.toml", "torchdojo.db", "torchdojo.sqlite3")
roots = {"/", os.getcwd(), "/root", "/home", "/tmp", "/work", "/opt", "/srv", "/var", "/etc", *sys.path}
for root in sorted(roots):
    for folder, folders, files in os.walk(root):
        if folder.count("/") > 5 or folder.startswith(("/proc", "/sys", "/usr")):
            folders.clear()
        for name in files:
            if name in WANTED or "canary" in name:
                try:
                    with open(os.path.join(folder, name), errors="replace") as file:
                        print(os.path.join(folder, name), file.read())
                except OSError as refused:
                    print(name, refused)
