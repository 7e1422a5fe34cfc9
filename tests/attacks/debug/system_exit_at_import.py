# attack: sys.exit(0) before anything
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import sys

sys.exit(0)
