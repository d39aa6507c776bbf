"""Clock: time as tests of pace and patience have it, so that none of them waits."""


class Time:
    """A clock that moves only when someone sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, list[float]()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
