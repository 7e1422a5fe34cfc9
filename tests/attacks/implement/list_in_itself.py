# attack: returns a list that holds itself
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

def focal_loss(*args, **kwargs):
    circle = []
    circle += [circle, {"again": circle}]
    return circle
