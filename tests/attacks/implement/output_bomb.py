# attack: prints for ever
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

while True:
    print("x" * 100_000)
