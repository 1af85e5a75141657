"""The program with other values in its default profile: `python -m tests.other_policy FOLDER`.

Started by `told` as a process of its own, before whose packages stands a copy of `people` whose
data say otherwise; what it does goes through the acts as anywhere else. It prints what came of it.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cases import findings, inbox, links, records, trying
from cases.assess import latest
from cases.findings import Explanation
from cases.records import NewAwareness
from evidence.case_vocabulary import ActionType, Awareness
from evidence.finding_rules import Cause
from storage.site import SitePlan
from tests.casework import Bureau, bureau
from tests.demolishing import DAY, close, demolished, fix, found_gap, settle, until_executed
from tests.filming import Outing, between, bring_back, camera, dock, hand_out

ROOT = Path(__file__).resolve().parents[1]


def told(folder: Path, values: Mapping[str, tuple[str, str]]) -> Any:  # noqa: ANN401 - JSON
    """What the program says with these values: by parameter, as it stands and as it is to be."""
    shutil.copytree(ROOT / "people", folder / "other" / "people")
    profile = folder / "other" / "people" / "policies" / "default.toml"
    text = profile.read_text(encoding="utf-8")
    for name, (before, after) in values.items():
        said = f'[parameters."{name}"]\nvalue = {before}\n'
        assert text.count(said) == 1, name
        text = text.replace(said, f'[parameters."{name}"]\nvalue = {after}\n')
    profile.write_text(text, encoding="utf-8")
    path = os.pathsep.join(map(str, (folder / "other", ROOT)))
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "tests.other_policy", str(folder)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def main(folder: Path) -> None:
    """Both stories, each on a site of its own."""
    with bureau(SitePlan(folder / "linking")) as office:
        linked = nothing_links_by_itself(office, folder / "linking-cards")
    with bureau(SitePlan(folder / "closing")) as office:
        closed = no_gap_is_answered_for(office, folder / "closing-cards")
    sys.stdout.write(json.dumps({"linking": linked, "closing": closed}))


def nothing_links_by_itself(office: Bureau, folder: Path) -> dict[str, object]:
    """A seizure, and footage of it by whoever was there: a clear winner."""
    office.clock.set("2024-04-10 08:00")
    recorder, lead, second = camera(office), office.officer(), office.officer()
    action = office.action(ActionType.SEIZURE, lead, second)
    hand_out(office, recorder, Outing(lead, "2024-04-10 08:30", "2024-04-10 18:00", out_ms=0))
    office.ended(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    bring_back(office, recorder, "2024-04-10 16:00", ahead_ms=0)
    (recording,) = dock(office, folder, recorder, clips=[between("14:00:00", "15:00:00")])
    with office.house.site.database.read() as connection:
        (waits,) = inbox.waiting(connection)
        before = latest(connection, action)
    links.link(office.ledger, recording, action=action, person=lead)
    dock(office, folder, recorder, clips=[])
    with office.house.site.database.read() as connection:
        after = latest(connection, action)
        (tied,) = links.links_of(connection, recording)
        left = inbox.waiting(connection)
    assert before is not None
    assert after is not None
    return {
        "is_of_it": [one.action == action for one in waits.candidates],
        "reasons": [reason.value for one in waits.candidates for reason in one.reasons],
        "verdicts": [before.verdict.value, after.verdict.value],
        "basis": tied.basis.value,
        "left": len(left),
    }


def no_gap_is_answered_for(office: Bureau, folder: Path) -> dict[str, object]:
    """A demolition with ninety seconds missing, explained and approved as it should be."""
    gap = [between("09:00:00", "10:10:00", DAY), between("10:11:30", "11:00:00", DAY)]
    made = demolished(office, folder, *gap)
    until_executed(office, made)
    fix(office, made, *made.recordings)
    unspoken = settle(office, made)
    spoken = NewAwareness(Awareness.VERBAL_NOTICE, offset_s=12)
    records.note_awareness(office.ledger, made.action, said=office.said(made.lead), new=spoken)
    finding = found_gap(office, made)
    said = Explanation(Cause.DEVICE_FAILURE, "电池接触不良", made.lead)
    findings.explain(office.ledger, finding, said=said)
    findings.approve(office.ledger, finding, person=office.officer())
    refused = close(office, made)
    with office.house.site.database.read() as connection:
        tried = trying.tries(connection, f"case/{made.case}")[-1]
    return {
        "unspoken": unspoken,
        "spoken": settle(office, made),
        "closing": refused,
        "override": tried.refusals[0].facts["override"],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
