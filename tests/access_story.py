"""Steps of the story in `tests/flow/test_cli_schemas.py`: access asked for, granted and revoked."""

from tests.register_story import Steps

_WHY = ("--purpose", "核实经过", "--basis", "行政处罚法 第五十二条", "--document", "调〔2026〕1号")


def grant(site: Steps) -> None:
    """A grant from the request to its end, one that is refused, and a confidential recording."""
    shown = site.step("recordings list, for grants", "recordings", "list", "--limit", "100")
    recording = next(one["recording"] for one in shown["recordings"])
    about = (*_WHY, "--to", "2099-12-31", "--recording", recording)
    asked = site.step("grant request", "grant", "request", "consult", *about, "--by", "3201")
    site.step("grant approve", "grant", "approve", asked["grant"], "--by", "3202", "--note", "同意")
    site.step("grant revoke", "grant", "revoke", asked["grant"], "--reason", "已毕", "--by", "3202")
    court = ("--grantee", "court", "--outsider", "某区人民法院", "--by", "3201")
    other = site.step("grant request, court", "grant", "request", "copy", *about, *court)
    site.step("grant refuse", "grant", "refuse", other["grant"], "--by", "3202")
    site.step("grant list", "grant", "list")
    site.step("grant trail", "grant", "trail", "15号")
    said = ("--reason", "有未成年人", "--by", "3201")
    site.step("grant level", "grant", "level", recording, "privacy", *said)
    hand_out(site, recording)
    supervise(site)


def hand_out(site: Steps, recording: str) -> None:
    """A copy against its receipt, and a medium that is lent and comes back."""
    about = (*_WHY, "--to", "2099-12-31", "--recording", recording, "--by", "3201")
    court = ("--grantee", "court", "--outsider", "某区人民法院")
    taken = ("--receiver", "书记员", "--by", "3202")
    copy = site.step("grant request, to copy", "grant", "request", "copy", *about, *court)["grant"]
    site.step("grant approve, to copy", "grant", "approve", copy, "--by", "3202")
    site.step("grant copy", "grant", "copy", copy, "--to", "given", *taken)
    site.step("grant copies", "grant", "copies", copy)
    lend = site.step("grant request, to borrow", "grant", "request", "borrow", *about, *court)
    site.step("grant approve, to borrow", "grant", "approve", lend["grant"], "--by", "3202")
    medium = ("--medium", "移动硬盘 3 号", "--due", "2099-01-01")
    lent = site.step("grant lend", "grant", "lend", lend["grant"], *medium, *taken)["loan"]
    site.step("grant loans", "grant", "loans")
    site.step("grant loans, overdue", "grant", "loans", "--overdue")
    site.step("grant return", "grant", "return", lent, "--by", "3202", "--note", "完好")


def supervise(site: Steps) -> None:
    """The month before anybody looked, reviewed though there is nothing to raise."""
    listed = site.step("supervision list", "supervision", "list")
    period = listed["periods"][-1]["period"]
    said = ("--by", "3202", "--note", "无人查看")
    site.step("supervision review", "supervision", "review", period, *said)
    site.step("supervision show", "supervision", "show", period)
