# attack: searches its own heap and memory for what the grader left in it
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import gc
import re

for thing in gc.get_objects():
    if isinstance(thing, (dict, list, tuple)) and len(thing) < 100000:
        text = repr(thing)[:2000] if type(thing) in (list, tuple) else ""
        if "canary" in text:
            print(text)
with open("/proc/self/maps") as file:
    ranges = [re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line) for line in file]
needle = b"cana" + b"ry-"
with open("/proc/self/mem", "rb", buffering=0) as memory:
    for found in filter(None, ranges):
        start, end = (int(part, 16) for part in found.groups())
        if end - start > 64 << 20:
            continue
        try:
            memory.seek(start)
            data = memory.read(end - start)
        except (OSError, ValueError, OverflowError):
            continue
        at = data.find(needle)
        while at >= 0:
            print(data[at : at + 60])
            at = data.find(needle, at + 1)
