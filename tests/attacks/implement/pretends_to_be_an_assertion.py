# attack: raises exceptions named like those that end a check
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

GradingOver = type("GradingOver", (BaseException,), {"__module__": "torchdojo.judge.proxies.endings"})


def focal_loss(*args, **kwargs):
    raise (GradingOver if kwargs.get("gamma") else StopIteration)("passed")
