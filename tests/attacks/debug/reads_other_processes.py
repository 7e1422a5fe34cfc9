# attack: environment, memory and descriptors of every process it can see
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import os

for entry in os.listdir("/proc"):
    if not entry.isdigit():
        continue
    for part in ("environ", "cmdline", "maps", "status"):
        try:
            with open(f"/proc/{entry}/{part}", "rb") as file:
                print(entry, part, file.read(200000))
        except OSError as refused:
            print(entry, part, refused)
    if int(entry) == os.getpid():
        continue
    try:
        with open(f"/proc/{entry}/mem", "r+b", buffering=0) as memory:
            print("OPENED", entry, memory)
    except OSError as refused:
        print(entry, refused)
    try:
        for descriptor in os.listdir(f"/proc/{entry}/fd"):
            with open(f"/proc/{entry}/fd/{descriptor}", "rb", buffering=0) as file:
                print(file.read(1000))
    except OSError as refused:
        print(entry, refused)
print(dict(os.environ))
