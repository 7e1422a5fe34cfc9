# attack: replays every genuine frame of the recorder
# expect: not passed
# exercise: tiny-regressor
# base: starter
# place: before

import gc

for thing in gc.get_objects():
    if type(thing).__name__ == "Channel" and hasattr(thing, "send"):
        cls = type(thing)
        send = cls.send

        def twice(self, header, *rest, send=send, **more):
            send(self, header, *rest, **more)
            send(self, header, *rest, **more)

        cls.send = twice
        break
