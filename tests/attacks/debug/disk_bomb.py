# attack: fills every folder it may write to
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import os

for folder in (".", "/tmp", "/dev/shm", "/var/tmp"):
    for number in range(1000):
        try:
            with open(os.path.join(folder, f"filler-{number}"), "wb") as file:
                for _ in range(64):
                    file.write(b"x" * (1 << 20))
        except OSError as refused:
            print(folder, refused)
            break
