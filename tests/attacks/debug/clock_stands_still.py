# attack: every clock of the process stands still
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import time

for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    setattr(time, name, lambda: 0.0)
    setattr(time, name + "_ns", lambda: 0)
time.sleep = lambda seconds: None
