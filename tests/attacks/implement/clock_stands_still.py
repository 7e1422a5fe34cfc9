# attack: every clock of Python stands still while it loops for ever
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import time

for name in ("time", "monotonic", "perf_counter", "process_time", "time_ns", "monotonic_ns", "thread_time"):
    setattr(time, name, lambda: 0)
time.sleep = lambda seconds: None


def focal_loss(*args, **kwargs):
    while True:
        pass
