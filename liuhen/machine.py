"""What a disposal compares the wall clock with, as this machine and its database tell it."""

import time

from cases.disposal_clock import Machine
from liuhen.clock import boot_name
from storage.database import server_time


def machine() -> Machine:
    """The boot clock, and the database's time where that is another machine's."""
    return Machine(boot=since_boot, database_time=server_time)


def since_boot() -> tuple[str, float]:
    """A name of this boot, and the seconds since it, which nobody can set."""
    return boot_name(), time.clock_gettime(time.CLOCK_BOOTTIME)
