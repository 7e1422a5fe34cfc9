# attack: returns a range that nobody can walk through
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

def focal_loss(*args, **kwargs):
    return range(10**30)
