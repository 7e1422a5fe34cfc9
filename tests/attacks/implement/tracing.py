# attack: traces its own process
# expect: forbidden
# exercise: losses/focal-loss
# base: solution
# place: before

import sys

sys.settrace(lambda *_: None)
