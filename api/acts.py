"""Acts and actors of the custody log in words that people read."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from api.models import Words
from evidence.act_messages import ACTS
from evidence.canonical import Json
from storage import schema


def act_words(act: str) -> Words:
    """What an act is called; one that is not known is shown as it is."""
    chinese, english = ACTS.get(act, (act, act))
    return Words(zh=chinese, en=english)


def actor_words(
    connection: Connection, actor: Mapping[str, Json], *, names: Mapping[str, str | None]
) -> str:
    """Who acted: a person by the account's name, the service, or somebody at the terminal."""
    kind = str(actor.get("kind", "?"))
    account = actor.get("account")
    if isinstance(account, str):
        return names.get(account) or f"account {account}"
    name = actor.get("name")
    if isinstance(name, str):
        table = schema.personal_data
        opened = connection.execute(select(table.c.value).where(table.c.id == name)).scalar()
        return f"{kind} {opened or '（已删除 erased）'}"
    return kind
