# attack: an object with __call__ and a class that compares as it likes
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

class Loss:
    __slots__ = ("function",)

    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)

    def __eq__(self, other):
        return False

    def __hash__(self):
        return 0


focal_loss = Loss(focal_loss)
