# attack: os._exit(0) before anything
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import os

os._exit(0)
