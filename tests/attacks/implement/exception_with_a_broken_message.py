# attack: raises an exception whose words are no text that could be written down
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

class Odd(ValueError):
    def __str__(self):
        return "\udfff \0 \x1b[2J"


def focal_loss(*args, **kwargs):
    raise Odd(1, 2)
