# attack: allocates and touches memory without end
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

hoard = []
while True:
    hoard.append(bytearray(64 << 20))
