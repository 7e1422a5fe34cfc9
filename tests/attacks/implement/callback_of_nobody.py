# attack: calls functions that the judge never gave, and its own with nonsense
# expect: not passed
# exercise: data/custom-dataset
# base: solution
# place: before

def subclasses(kind):
    for child in type.__subclasses__(kind):
        yield child
        yield from subclasses(child)


for kind in subclasses(object):
    if kind.__name__ == "JudgeFunction":
        kind.__call__ = lambda self, *args, **kwargs: self._call(10**6, ([[]] * 3,), {"self": self})
