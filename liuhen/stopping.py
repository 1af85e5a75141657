"""SIGINT and SIGTERM as an event: they end work in order, never in the middle of an act."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set the event while the block runs; files stay on their cards.

    The handler only writes to a pipe, and a thread sets the event: a handler runs in the main
    thread between any two of its steps, also while that holds the event's own lock to wait for
    it, and would then wait for itself for ever.
    """
    told, tell = os.pipe()
    os.set_blocking(tell, False)

    def handler(_number: int, _frame: object) -> None:
        with contextlib.suppress(BlockingIOError):  # the pipe is full of signals already
            os.write(tell, b"!")

    def follow() -> None:
        while os.read(told, 1):
            stop.set()

    thread = threading.Thread(target=follow, name="signals", daemon=True)
    thread.start()
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
        os.close(tell)
        thread.join()
        os.close(told)
