"""Reviews of who looked, judged for findings: what the reviewer raised is one each (R-153).

Holds always: as in `cases.finding_look`; what was raised has happened: only an answer closes it.
"""

from cases import supervision
from cases.finding_look import Due, Look, once, stamped
from evidence.access_messages import ACCESS_WORDS
from evidence.canonical import Json
from evidence.entry import parse_time
from evidence.finding_rules import About, FindingKind, Holding
from evidence.ratio import day_of
from evidence.supervising import LookFlag


def judge_review(look: Look, review_id: str) -> list[Due]:
    """The flags that a review raised."""
    found = supervision.find(look.connection, review_id)
    holding: list[Holding] = []
    for flag in found.flags:
        name = f"{flag['person']}:{flag['flag']}"
        if name not in found.raised:
            continue
        chinese, english = ACCESS_WORDS[LookFlag][str(flag["flag"])]
        matter: dict[str, Json] = {
            "period": found.period,
            "flag": str(flag["flag"]),
            "flag_zh": chinese,
            "flag_en": english,
            "looks": len(flag["looks"]),
        }
        subject = f"supervision/{found.id}/{name}"
        about = About(persons=(str(flag["person"]),))
        holding.append(Holding(FindingKind.ACCESS_ANOMALY, subject, matter, about))
    return stamped(look, once(look, holding), unit=None, day=day_of(parse_time(found.at)))
