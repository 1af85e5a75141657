"""Steps of the story in `tests/flow/test_cli_schemas.py`: findings, and reports of cases."""

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


def report(site: Steps) -> None:
    """Reports of cases, at a site that has none."""
    for kind in ("coverage", "docking", "unlinked", "auxiliaries"):
        site.step(f"report {kind}", "report", kind, f"{kind}.xlsx", "--from", "2024-06-01")
