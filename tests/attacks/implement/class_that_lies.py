# attack: an object whose class, name and bases raise or never come to an end
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

class Lying(type):
    def __getattribute__(cls, name):
        if name in ("__name__", "__mro__", "__module__", "__qualname__"):
            raise KeyError(name)
        return super().__getattribute__(name)


class Answer(metaclass=Lying):
    def __getattribute__(self, name):
        raise KeyError(name)


def focal_loss(*args, **kwargs):
    return Answer()
