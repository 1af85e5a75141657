"""How a command ends that is interrupted before it has begun: without a word, as by the signal.

Loading the modules takes a second or more. A Ctrl-C then would end in a stack trace from wherever
the loading is. So this module is imported first, and `over` is called when all is loaded.
"""

import signal


def over() -> None:
    """From here on Ctrl-C raises `KeyboardInterrupt`, so that what is open is closed."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end_at_once() -> None:
    """Where it is ignored, as in the background of a shell, it stays ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


_end_at_once()
