# attack: asks the judge's own function ten thousand times without waiting for an answer
# expect: not passed
# exercise: data/custom-dataset
# base: solution
# place: before

def subclasses(kind):
    for child in type.__subclasses__(kind):
        yield child
        yield from subclasses(child)


def flood(self, request, genuine):
    if request.header.get("op") == "getitem" and self._objects._functions:
        nothing = {"args": [0], "kwargs": [1], "nodes": [["tuple"], ["dict"]], "storages": []}
        for _ in range(200_000):
            self._send({"type": "callback", "function": 0, **nothing})
    genuine(self, request)


for kind in subclasses(object):
    if kind.__name__ == "Agent":
        kind.answer = lambda self, request, genuine=kind.answer: flood(self, request, genuine)
