"""Faults: what the command line reports in one line instead of a traceback."""


class Fault(Exception):
    """Something that the caller can mend; the message says what and why on one line."""

    exit_code = 1


class Misuse(Fault):
    """A question or option that makes no sense as asked."""

    exit_code = 2
