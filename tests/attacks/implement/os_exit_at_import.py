# attack: ends the process at import, with status 0
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: before

import os

print("12 passed in 0.01s", flush=True)
os._exit(0)
