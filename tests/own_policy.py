"""Texts of a bureau's own policy profile."""

from collections.abc import Mapping

_REMARK = '{ zh = "局办公会决定。", en = "Decided by the bureau." }'
TO_BE_SET = {"XX": ("legal_review.days", "publication.withdraw_days", "order.reply_days")}
"""What the clauses of a jurisdiction leave to each bureau."""


def own_text(
    values: Mapping[str, str],
    *,
    name: str = "own",
    version: int = 1,
    valid_from: str = "2024-01-01",
    inherits: str = "XX",
) -> str:
    """A profile with these values, by parameter and as TOML writes them, above another."""
    set_too = dict.fromkeys(TO_BE_SET.get(inherits, ()), '"5 wd"')
    head = f"""\
format = 1
id = "{name}"
jurisdiction = "某局 {name}"
version = {version}
valid_from = {valid_from}
inherits = "{inherits}"
remark = {{ zh = "本局规定。", en = "The bureau's own." }}
"""
    said = (
        f'[parameters."{key}"]\nvalue = {value}\nbasis = "bureau"\nremark = {_REMARK}\n'
        for key, value in {**set_too, **values}.items()
    )
    return "\n".join([head, *said])
