# attack: finds the recorder's events by walking the heap and rewrites them while training goes on
# expect: not passed
# exercise: spiral-classifier
# base: solution with missing-no-grad, missing-eval-mode, missing-zero-grad
# place: before

import gc
import threading
import time


def clean(event):
    if event.get("t") == "forward":
        event.update(grad=False, out_grad=False, eval_leaves=event.get("train_leaves", 0), train_leaves=0)
    if event.get("t") in ("step", "backward"):
        event["stale"] = 0
    if event.get("t") == "step":
        event.update(live=0, lrs=[0.003])


def keep_clean():
    while True:
        for thing in gc.get_objects():
            if isinstance(thing, list) and thing and isinstance(thing[0], dict) and "t" in thing[0]:
                for event in thing:
                    clean(event)
        time.sleep(0.01)


threading.Thread(target=keep_clean, daemon=True).start()
