# attack: starts threads until it cannot, each of them busy
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import threading


def spin():
    while True:
        pass


try:
    while True:
        threading.Thread(target=spin, daemon=True).start()
except RuntimeError as refused:
    print(refused)
