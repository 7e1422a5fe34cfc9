# attack: leaves with status 0 before anything is asked
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: before

import sys

sys.exit(0)
