# attack: follows a function of the judge to whatever made it, and reads what it finds
# expect: not passed
# exercise: data/custom-dataset
# base: starter
# place: before

def follow(thing, depth=0, seen=None):
    seen = set() if seen is None else seen
    if depth > 6 or id(thing) in seen:
        return
    seen.add(id(thing))
    print("  " * depth, repr(thing)[:300])
    for name in ("__self__", "__func__", "__wrapped__", "__closure__", "_call", "_candidate", "_job", "_send", "_objects"):
        try:
            found = getattr(thing, name)
        except Exception:
            continue
        follow(found, depth + 1, seen)
    if type(thing) is tuple:
        for cell in thing:
            follow(getattr(cell, "cell_contents", None), depth + 1, seen)


class Given:
    def __init__(self, *args, **kwargs):
        for value in (*args, *kwargs.values()):
            follow(value)


TableDataset = Given
follow(Given)
