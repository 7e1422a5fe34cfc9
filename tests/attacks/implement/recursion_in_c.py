# attack: a list nested a hundred thousand times, shown as text
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

def focal_loss(*args, **kwargs):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested
