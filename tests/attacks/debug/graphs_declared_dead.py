# attack: keeps every loss with its graph and makes the recorder's weak references look dead
# expect: not passed
# exercise: spiral-classifier
# base: solution with loss-kept-with-graph
# place: before

import gc
import weakref

for thing in gc.get_objects():
    for name, value in list(getattr(thing, "__dict__", {}).items()) if "torchdojo" in type(thing).__module__ else ():
        if isinstance(value, dict) and name in ("_alive", "alive", "_live", "live"):
            setattr(thing, name, weakref.WeakValueDictionary())
