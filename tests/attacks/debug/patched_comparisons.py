# attack: every comparison in torch and NumPy says yes
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import builtins
import math

import numpy
import torch

torch.allclose = torch.equal = lambda *_, **__: True
torch.testing.assert_close = numpy.testing.assert_allclose = lambda *_, **__: None
numpy.allclose = numpy.isclose = math.isclose = lambda *_, **__: True
builtins.all = lambda *_: True
