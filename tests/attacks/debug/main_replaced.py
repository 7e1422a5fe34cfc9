# attack: puts another module in the place of __main__
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import sys
import types

decoy = types.ModuleType("__main__")
decoy.train = lambda *_, **__: 0.09
sys.modules["__main__"] = decoy
