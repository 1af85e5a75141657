"""Steps of the story in `tests/flow/test_cli_schemas.py`: holds, periods, and what is due."""

from tests.register_story import Steps

_RULE = ("--document", "某局档案管理办法", "--article", "第十条", "--quote", "工作资料保管六个月")


def keep(site: Steps, recording: str) -> None:
    """A hold from placing to release; periods from a version to its approval; ends of a file."""
    _hold(site, recording)
    site.step("retention show", "retention", "show", recording)
    site.step("retention periods", "retention", "periods", "--unit", "一中队")
    change = ("retention", "change", "--unit", "城管局", "--class", "UNLINKED=6 mo", *_RULE)
    by, second = ("--by", "3301"), ("--by", "3302")
    seen = site.step("retention change", *change, *by, "--retroactive")
    site.step("retention preview", "retention", "preview", seen["version"])
    digest = ("--seen", seen["preview_sha256"])
    site.step("retention approve", "retention", "approve", seen["version"], *second, *digest)
    other = site.step("retention change, again", *change, *by)["version"]
    site.step("retention refuse", "retention", "refuse", other, *second, "--note", "不必")
    site.step("retention versions", "retention", "versions")
    site.step("retention due", "retention", "due", "--on", "2099-01-01")
    term = ("retention", "term", "15号", "--class", "LONG", *_RULE, *by)
    site.step("retention term", *term, "--period", "30 y")
    short = site.step("retention term, shorter", *term, "--period", "10 y")["term"]
    site.step("retention answer", "retention", "answer", short, "--refuse", *second)


def _hold(site: Steps, recording: str) -> None:
    why = ("--basis", "投诉〔2026〕1号", "--review", "2099-01-01", "--by", "3301")
    scope = ("--recording", recording[:12], "--case", "15号", "--note", "当面投诉")
    hold = site.step("hold place", "hold", "place", "complaint", *why, *scope)["hold"]
    site.step("hold list", "hold", "list")
    site.step("hold show", "hold", "show", hold)
    site.step("hold review", "hold", "review", hold, "--next", "2099-06-01", "--by", "3302")
    let_go = ("--by", "3302", "--basis", "办结〔2026〕1号")
    site.step("hold release", "hold", "release", hold, *let_go)
    limits = ("--reconsideration", "2099-01-01", "--suit", "2099-05-01", "--by", "3301")
    site.step("hold remedies", "hold", "remedies", "15号", *limits)
