# attack: reads memory with ctypes
# expect: forbidden
# exercise: losses/focal-loss
# base: solution
# place: before

import ctypes

print(ctypes.string_at(id(object()), 16))
