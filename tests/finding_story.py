"""Findings as a step of the story that `tests/flow/test_cli_schemas.py` tells."""

from tests.register_story import Steps


def answer(site: Steps, recorder: str) -> None:
    """The recorder that was lost is a finding: reported, explained, approved, dealt with."""
    words = ("--cause", "other", "--text", "查找中")
    site.step("finding report", "finding", "report", f"recorder/{recorder}", *words, "--by", "3201")
    listed = site.step("finding list", "finding", "list", "--kind", "recorder_lost")
    number = listed["findings"][0]["number"]
    site.step("finding explain", "finding", "explain", number, *words, "--by", "3201")
    site.step("finding approve", "finding", "approve", number, "--by", "3202")
    way = ("scheduled", "--person", "3201", "--deadline", "2099-01-01", "--head", "3202")
    site.step("finding triage", "finding", "triage", number, *way, "--by", "3202")
    site.step("finding show", "finding", "show", number)
