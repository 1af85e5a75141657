"""SIGINT, SIGTERM and SIGHUP as an event: they end work in order, never in the middle of an act."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP set the event while the block runs; files stay on their cards.

    SIGHUP comes when the terminal is closed. It must not end us at once: cards that the service
    mounted would stay mounted. Where it is ignored, as under `nohup`, it stays ignored.

    The interpreter itself writes the signal to a pipe, at once and in whichever thread it arrives
    (`signal.set_wakeup_fd`), and a thread that reads the pipe sets the event. A handler in Python
    would not do: it runs in the main thread alone, which may already be on its way into a wait
    that nothing ends any more, or may hold the lock that the handler needs.
    """
    told, tell = os.pipe()
    os.set_blocking(tell, False)

    def follow() -> None:
        while os.read(told, 1):
            stop.set()

    thread = threading.Thread(target=follow, name="signals", daemon=True)
    thread.start()
    waking = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, _heard) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
        signal.set_wakeup_fd(waking)
        os.close(tell)
        thread.join()
        os.close(told)


def _heard(_number: int, _frame: object) -> None:
    """Takes the place of what would end the process; the pipe has the signal already."""
