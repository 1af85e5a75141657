"""Why a step was refused, as answers say it."""

from api import models_cases as c
from api.models import Words
from api.models_register import ClauseShown
from cases.trying import Told


def refusal_shown(told: Told) -> c.RefusalShown:
    """One reason against a step, with its articles and what would lift it."""
    return c.RefusalShown(
        code=told.code,
        words=Words(zh=told.said[0], en=told.said[1]),
        lift=Words(zh=told.lift[0], en=told.lift[1]),
        clauses=[ClauseShown(**vars(one)) for one in told.clauses],
    )
