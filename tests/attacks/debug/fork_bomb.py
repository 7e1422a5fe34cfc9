# attack: forks for ever
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import os

while True:
    try:
        os.fork()
    except OSError as refused:
        print(refused)
        break
