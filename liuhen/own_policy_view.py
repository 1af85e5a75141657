"""How commands show a bureau's own policy profiles, and what one would change."""

from evidence.canonical import Json, dumps
from evidence.policy import Effective
from evidence.policy_messages import PARAMETERS, RULES, STANDINGS
from liuhen.output import Output
from people.own_policies import Changed, Preview, Stated

OWN_COLUMNS = ("编号 id", "政策档 profile", "生效 from", "溯及 retroactive", "答复 answer")


def own_row(one: Stated) -> tuple[str, ...]:
    """A line of the list."""
    answer = "待批准 waits" if one.answered is None else one.answered.answer.value
    retroactive = "是 yes" if one.is_retroactive else ""
    return (one.id, one.profile, one.valid_from.isoformat(), retroactive, answer)


def say_changes(output: Output, seen: Preview) -> None:
    """What holds before and after, or every problem; the digest that an approval names."""
    for problem in seen.problems:
        output.say(*problem.sentence)
    columns = ("参数或规则 parameter", "现行 before", "变更后 after", "条款 article")
    output.table(columns, map(_row, seen.changed))
    output.say(f"文本 SHA-256：{seen.sha256}", f"SHA-256 of the text: {seen.sha256}")


def _row(one: Changed) -> tuple[str, ...]:
    titles = {**PARAMETERS, **RULES}
    articles = "；".join(cited.article for cited in one.after.statement.citations)
    return (f"{titles[one.name][0]} {one.name}", _value(one.before), _value(one.after), articles)


def _value(said: Effective | None) -> str:
    if said is None:
        return ""
    value = said.statement.value
    if value is None:
        return STANDINGS[said.statement.standing][0]
    return value if isinstance(value, str) else dumps(value).decode()


def changes_json(seen: Preview) -> dict[str, Json]:
    """The same as objects hold it."""
    problems: list[Json] = [
        {"code": one.code, "place": one.place, "message": {"zh": chinese, "en": english}}
        for one in seen.problems
        for chinese, english in [one.sentence]
    ]
    changed: list[Json] = [
        {"name": one.name, "before": _said(one.before), "after": _said(one.after)}
        for one in seen.changed
    ]
    profile = None if seen.profile is None else seen.profile.name
    return {"profile": profile, "sha256": seen.sha256, "problems": problems, "changed": changed}


def _said(said: Effective | None) -> Json:
    if said is None:
        return None
    statement = said.statement
    return {"standing": statement.standing.value, "value": statement.value}


def own_json(one: Stated) -> dict[str, Json]:
    """A proposed profile with its answer; `answer` is null while it waits."""
    answered = one.answered
    return {
        "policy": one.id,
        "profile": one.profile,
        "valid_from": one.valid_from.isoformat(),
        "retroactive": one.is_retroactive,
        "sha256": one.sha256,
        "note": one.note,
        "person": one.person,
        "stated_at": one.stated_at,
        "answer": None if answered is None else answered.answer.value,
        "answered_by": None if answered is None else answered.person,
        "answered_at": None if answered is None else answered.at,
        "answer_note": None if answered is None else answered.note,
    }
