"""What a recorder's clock is worth, and the true second of what it says (reading D-18).

Holds always: integers only, and a half second rounds up; raw times are never changed; an offset is
never guessed. Where nothing is known of a clock it is ASSUMED to be right, with an uncertainty
that is not known, which whoever judges must say; a clock that was further off than policy allows,
at check-out or at docking, is UNTRUSTED and gives no coverage until a reviewer sets an anchor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SECOND_US = 1_000_000
READING_S = 1
"""A recorder shows whole seconds, so what is read off it is known to within one."""


class ClockBasis(StrEnum):
    """What a corrected time rests on."""

    LINEAR = "LINEAR"
    CONSTANT = "CONSTANT"
    REVIEWER = "REVIEWER"
    ASSUMED = "ASSUMED"
    UNTRUSTED = "UNTRUSTED"


@dataclass(frozen=True)
class Anchor:
    """At the true moment `true_us` the recorder showed `device_us`, in microseconds since 1970."""

    device_us: int
    true_us: int

    @property
    def offset_us(self) -> int:
        """How far the recorder is ahead."""
        return self.device_us - self.true_us


@dataclass(frozen=True)
class DeviceClock:
    """How true time follows from a recorder's, and to how many seconds either way that is known.

    `uncertainty_s` is None where nobody knows. While the recorder counts `device_run_us`, true time
    goes on by `true_run_us`, from `anchor` on and before it.
    """

    basis: ClockBasis
    uncertainty_s: int | None
    anchor: Anchor = Anchor(0, 0)
    device_run_us: int = 1
    true_run_us: int = 1


def clock_of(
    out: Anchor | None,
    dock: Anchor | None,
    *,
    reviewer: Anchor | None = None,
    max_correctable_s: int,
) -> DeviceClock:
    """The clock of a recorder between check-out and docking.

    A reviewer's anchor goes before everything else. With both other anchors the drift is even
    between them; with the docking alone the offset is constant, and was anything from none to that;
    with the check-out alone it is constant, and nobody knows what came after.
    """
    if reviewer is not None:
        return DeviceClock(ClockBasis.REVIEWER, READING_S, reviewer)
    known = [anchor for anchor in (out, dock) if anchor is not None]
    if not known:
        return DeviceClock(ClockBasis.ASSUMED, None)
    if any(abs(anchor.offset_us) > max_correctable_s * SECOND_US for anchor in known):
        return DeviceClock(ClockBasis.UNTRUSTED, None)
    if out is None or dock is None:
        uncertainty = None if dock is None else _seconds_up(abs(dock.offset_us)) + READING_S
        return DeviceClock(ClockBasis.CONSTANT, uncertainty, known[0])
    device, true = dock.device_us - out.device_us, dock.true_us - out.true_us
    if device <= 0 or true <= 0:  # somebody set it back, or took the anchors in the wrong order
        return DeviceClock(ClockBasis.UNTRUSTED, None)
    return DeviceClock(ClockBasis.LINEAR, READING_S, out, device, true)


def correct(at_us: int, clock: DeviceClock) -> int:
    """The true second since 1970 at which the recorder showed `at_us`; a half rounds up.

    For an UNTRUSTED clock it is what the recorder showed: to be looked at, not to be counted.
    """
    run = (at_us - clock.anchor.device_us) * clock.true_run_us
    true = clock.anchor.true_us * clock.device_run_us + run
    unit = SECOND_US * clock.device_run_us
    return (2 * true + unit) // (2 * unit)


def worst(bases: Iterable[ClockBasis]) -> ClockBasis | None:
    """The least certain of several; None for none."""
    return max(bases, key=list(ClockBasis).index, default=None)


def _seconds_up(us: int) -> int:
    return -(-us // SECOND_US)
