# attack: compiles code under the name of a file of torch by way of py_compile
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

import importlib.machinery
import pathlib
import py_compile

import torch

pathlib.Path("mine.py").write_text("import torch.nn.functional as F\ndef normalise(*args): return F.layer_norm(*args)\n")
py_compile.compile("mine.py", cfile="mine.pyc", dfile=torch.nn.functional.__file__)
normalise = importlib.machinery.SourcelessFileLoader("mine", "mine.pyc").load_module().normalise
