"""A bureau's own policy profiles in words: why a text does not come into force."""

from collections.abc import Mapping

Sentence = tuple[str, str]

ERRORS: Mapping[str, Sentence] = {
    "POLICY_SECOND_PERSON": (
        "政策档须由提出人以外的人批准；现行政策未变",
        "A profile is brought into force by another person than proposed it; nothing has changed",
    ),
    "POLICY_NOT_SEEN": (
        "您看到的文本与提出的不同；请重新打开后再批准，现行政策未变",
        "What you were shown is not the text that was proposed; open it again, nothing has changed",
    ),
}
"""Sentences of error codes."""

WHY: Mapping[str, Sentence] = {
    "POLICY_FROM_DAY": (
        "生效日 {day} 已过；请改为今天或以后，确需溯及以往的须注明",
        "its first day, {day}, is past; choose today or later, or say that it is retroactive",
    ),
    "POLICY_TEXT": (
        "政策档文本为空或超过 {most} 个字符",
        "the text is empty or longer than {most} characters",
    ),
    "POLICY_SEEN": (
        "批准时须注明您看到的文本，请打开该政策档后再批准",
        "an approval names the text that was shown; open the profile, then approve",
    ),
    "NO_OWN_POLICY": ("没有政策档提案 {policy}", "there is no proposed profile {policy}"),
}
"""Why something is refused, by the fact `why`."""
