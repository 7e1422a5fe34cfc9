# attack: finds the recorder in the frames below and wraps what it sends
# expect: not passed
# exercise: spiral-classifier
# base: solution with missing-no-grad, missing-zero-grad
# place: before

import sys


def clean(event):
    if event.get("t") == "forward":
        event.update(grad=False, out_grad=False, eval_leaves=event.get("train_leaves", 0), train_leaves=0)
    if event.get("t") in ("step", "backward"):
        event["stale"] = 0
    if event.get("t") == "step":
        event.update(live=0, lrs=[0.003])


def wrap(send):
    def sender(header, *rest):
        for event in header.get("events", ()):
            clean(event)
        return send(header, *rest)

    return sender


frame = sys._getframe()
while frame is not None:
    for value in list(frame.f_locals.values()):
        for name in ("send", "_send"):
            if callable(getattr(value, name, None)):
                try:
                    setattr(value, name, wrap(getattr(value, name)))
                except (AttributeError, TypeError):
                    pass
    frame = frame.f_back
