# attack: raises an exception that raises when it is asked what it says
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

class Odd(ValueError):
    def __str__(self):
        raise SystemExit(0)

    args = property(lambda self: 1 / 0)


def focal_loss(*args, **kwargs):
    raise Odd
