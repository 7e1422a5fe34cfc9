# attack: prints, warns, logs, and computes in a thread
# expect: passed
# exercise: losses/focal-loss
# base: solution
# place: after

import concurrent.futures
import logging
import warnings

_right, _pool = focal_loss, concurrent.futures.ThreadPoolExecutor(1)


def focal_loss(*args, **kwargs):
    print("\x1b[31mcalled\x1b[0m", args[0].shape)
    warnings.warn("careful")
    logging.getLogger("loss").warning("called")
    with torch.enable_grad():
        return _pool.submit(_right, *args, **kwargs).result()
