"""Signals end work in order, at whatever step of the main thread they arrive."""

import os
import signal
import threading
import time

import pytest

from liuhen.stopping import stopping

ENOUGH = 10.0


class Guarded(threading.Event):
    """An event that can be set only while nobody holds `lock`, as an event's own lock is held."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def set(self) -> None:
        """As an event's own, but it never waits for ever."""
        if not self.lock.acquire(timeout=ENOUGH):
            raise AssertionError("the handler waits for a lock that its own thread holds")
        super().set()
        self.lock.release()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_sets_the_event_though_the_main_thread_holds_its_lock(
    number: signal.Signals,
) -> None:
    stop = Guarded()
    with stopping(stop):
        with stop.lock:
            os.kill(os.getpid(), number)
        assert stop.wait(ENOUGH)


def test_a_signal_that_another_thread_took_ends_a_wait_of_the_main_thread() -> None:
    stop, sleeping = threading.Event(), threading.Event()

    def take_the_signal() -> None:
        me = threading.get_ident()
        sleeping.wait(ENOUGH)
        time.sleep(0.2)  # the main thread is in its wait by now
        signal.pthread_kill(me, signal.SIGTERM)

    thread = threading.Thread(target=take_the_signal)
    with stopping(stop):
        thread.start()
        sleeping.set()
        assert stop.wait(ENOUGH)
    thread.join()


def test_more_signals_than_a_pipe_holds_do_no_harm() -> None:
    stop = Guarded()
    with stopping(stop), stop.lock:
        for _ in range(100_000):
            signal.raise_signal(signal.SIGTERM)
    assert stop.is_set()


def test_the_handlers_from_before_are_put_back_and_nothing_stays_open() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    count = len(os.listdir("/proc/self/fd"))
    with stopping(threading.Event()):
        for number, old in zip(numbers, before, strict=True):
            assert signal.getsignal(number) is not old
    assert [signal.getsignal(number) for number in numbers] == before
    assert len(os.listdir("/proc/self/fd")) == count


def test_a_hang_up_that_is_ignored_stays_ignored() -> None:
    stop = threading.Event()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopping(stop):
            signal.raise_signal(signal.SIGHUP)
            assert not stop.wait(0.3)
    finally:
        signal.signal(signal.SIGHUP, before)
