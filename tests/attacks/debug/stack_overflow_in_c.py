# attack: overflows the C stack
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import ctypes

nested = []
for _ in range(1000000):
    nested = [nested]
ctypes.string_at(0)
repr(nested)
