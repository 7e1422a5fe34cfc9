# attack: raises, while it is loaded, an exception whose class has a name no class can have
# expect: not passed
# exercise: losses/focal-loss
# base: none
# place: instead

class Naming(type):
    @property
    def __name__(cls):
        return "Odd\0name"


class Odd(ValueError, metaclass=Naming):
    pass


raise Odd("strange")
