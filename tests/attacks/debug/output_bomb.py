# attack: prints without end
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

while True:
    print("passed " * 10000)
