# attack: finds the agent among all classes and answers every question with what was sent along
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: before

def subclasses(kind):
    for child in type.__subclasses__(kind):
        yield child
        yield from subclasses(child)


def answer(self, request):
    value = {"nodes": request.header.get("nodes", []), "storages": [None] * len(request.tensors)}
    self._send({"type": "done", "value": None, "changed": [[0, None]], "grads": [[0, None]], **value}, request.tensors)


for kind in subclasses(object):
    if kind.__name__ == "Agent":
        kind.answer = answer
