# attack: puts names into its module that are no names
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

globals()[5] = globals()[None] = 1
globals()["\ud800"] = 2
focal_loss = 3
