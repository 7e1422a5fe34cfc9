# attack: os._exit(0) after the first validation, with a good figure printed
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: inside

import os

genuine_validate = validate


def validate(*arguments):
    genuine_validate(*arguments)
    print("epoch 20  train loss 0.0312  val loss 0.0301  val accuracy 0.991", flush=True)
    os._exit(0)
