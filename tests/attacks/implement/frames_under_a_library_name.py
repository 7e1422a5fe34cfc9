# attack: searches the heap with code that calls itself a file of torch
# expect: forbidden
# exercise: losses/focal-loss
# base: solution
# place: before

import torch

CODE = "import gc\nfound = [thing for thing in gc.get_objects() if type(thing).__name__ == 'Agent']"
exec(compile(CODE, torch.__file__, "exec"))
