# attack: returns a number of five thousand digits
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

def focal_loss(*args, **kwargs):
    return 10**4800
