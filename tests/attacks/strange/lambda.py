# attack: a lambda
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

_right = focal_loss
focal_loss = lambda logits, targets, alpha=0.25, gamma=2.0, reduction="mean": (
    _right(logits, targets, alpha, gamma, reduction)
)
