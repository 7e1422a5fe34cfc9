# attack: the recorder's methods are replaced through sys.modules
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import importlib
import sys
import types

for name in ("torchdojo.harness.recorder", "torchdojo.harness.script"):
    try:
        importlib.import_module(name)
    except Exception as refused:
        print(refused)
for name, module in list(sys.modules.items()):
    if not name.startswith("torchdojo"):
        continue
    for attribute, value in list(vars(module).items()):
        if isinstance(value, type):
            for method, function in list(vars(value).items()):
                if isinstance(function, types.FunctionType) and not method.startswith("__"):
                    try:
                        setattr(value, method, lambda *_, **__: None)
                    except (AttributeError, TypeError):
                        pass
