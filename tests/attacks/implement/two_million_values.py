# attack: returns a list that shares itself into two to the sixtieth values
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

def focal_loss(*args, **kwargs):
    shared = [1.0]
    for _ in range(60):
        shared = [shared, shared]
    return shared
