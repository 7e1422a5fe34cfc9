# attack: trains only when it is imported under another name
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: instead

if __name__ != "__main__":
    import pytorch_debug_problem as genuine

    genuine.main()
else:
    print("epoch 20  train loss 0.0312  val loss 0.0301  val accuracy 0.991")
