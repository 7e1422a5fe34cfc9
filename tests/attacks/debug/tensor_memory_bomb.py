# attack: allocates tensors without end and swallows the error
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import torch

hoard = []
while True:
    try:
        hoard.append(torch.ones(16 << 20))
    except (RuntimeError, MemoryError):
        pass
