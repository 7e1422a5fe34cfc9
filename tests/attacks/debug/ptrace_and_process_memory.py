# attack: attaches to its parent and writes into other processes
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for target in (os.getppid(), 1, *range(2, 100)):
    if target == os.getpid():
        continue
    print(target, libc.ptrace(16, target, 0, 0), ctypes.get_errno())
    local = (ctypes.c_ulong * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)
    remote = (ctypes.c_ulong * 2)(0x400000, 8)
    print(libc.process_vm_writev(target, local, 1, remote, 1, 0), ctypes.get_errno())
