# attack: returns an object whose class has a name that is no text
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

class Naming(type):
    @property
    def __name__(cls):
        return "Odd\udfffname"


class Odd(metaclass=Naming):
    pass


def focal_loss(*args, **kwargs):
    return Odd()
