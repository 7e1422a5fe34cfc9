# attack: takes over how answers are sent and makes every answer lie beyond its storage
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: before

def subclasses(kind):
    for child in type.__subclasses__(kind):
        yield child
        yield from subclasses(child)


def beyond(self, tensor):
    return ["tensor", 0, 0, "float32", [1 << 20], [1 << 30], 1 << 39, {"device": "cpu", "grad": True, "leaf": True}, [99]]


for kind in subclasses(object):
    if kind.__name__ == "Packer" and "crossing" in kind.__module__:
        kind._tensor = beyond
