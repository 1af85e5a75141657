"""Looking at a recording: on record before the first byte, and only what may be seen goes out."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator

import httpx
import pytest

from api.checking import Checks
from api.files import Checked, open_derivative
from api.looking import REST_SECONDS, TRUST_SECONDS, WRITE_SECONDS, Looking, Trust
from evidence.derivative import DerivativeKind
from evidence.errors import LiuhenError, NotFound
from evidence.spans import Span, merged
from evidence.vocabulary import Role
from people import accounts
from people.views import Looker, Shown, ViewKind, find_view, open_view
from storage import derivatives
from storage.database import Database
from tests.serving import FILES, At, Clip, Person, Serving

MEDIA = FILES[DerivativeKind.HLS]["media.mp4"]


@pytest.fixture
def auditor(serving: Serving) -> Iterator[httpx.Client]:
    with serving.logged_in(serving.person(Role.AUDITOR, At.A)) as client:
        yield client


def opened(client: httpx.Client, serving: Serving, what: str = "preview") -> tuple[str, str]:
    """A view of the officer's recording; its id and the address of its largest file."""
    said = client.post(f"/api/recordings/{serving.recordings[Clip.OWN]}/{what}")
    assert said.status_code == 200, said.text
    body = said.json()
    return body["id"], body["files"]["ORIGINAL" if what == "original" else "HLS/media.mp4"]


def test_the_entry_is_durable_before_the_first_byte(
    serving: Serving, auditor: httpx.Client
) -> None:
    view, address = opened(auditor, serving)
    second = Database(serving.house.site.plan.database_url)
    try:
        with auditor.stream("GET", address) as said:
            assert said.status_code == 200
            found = find_view(second, view)
            assert (found.recording, found.kind) == (
                serving.recordings[Clip.OWN],
                ViewKind.PREVIEW,
            )
    finally:
        second.close()
    [entry] = [
        one for one in serving.house.entries("recording.viewed") if one.facts["view"] == view
    ]
    person = serving.person(Role.AUDITOR, At.A)
    assert (entry.actor["kind"], entry.actor["account"]) == ("person", person.account)


def test_ranges_of_many_at_once_merge_to_what_was_sent(
    serving: Serving, auditor: httpx.Client
) -> None:
    view, address = opened(auditor, serving)
    spans = [Span(start, start + 90_000) for start in range(0, 2_000_000, 60_000)]

    def ask(span: Span) -> None:
        said = auditor.get(address, headers={"range": f"bytes={span.start}-{span.end - 1}"})
        assert said.content == MEDIA[span.start : span.end]

    threads = [threading.Thread(target=ask, args=(span,)) for span in spans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    auditor.get(address.replace("HLS/media.mp4", "POSTER/poster.jpg"))
    assert auditor.post(f"/api/views/{view}/end").status_code == 200
    found = find_view(serving.house.site.database, view)
    assert found.ended
    assert found.shown == (
        Shown("HLS/media.mp4", len(MEDIA), tuple(merged(spans))),
        Shown("POSTER/poster.jpg", len(FILES[DerivativeKind.POSTER]["poster.jpg"]), (Span(0, 10),)),
    )
    looks = auditor.get(f"/api/recordings/{serving.recordings[Clip.OWN]}/views").json()["views"]
    [shown] = [one for one in looks if one["id"] == view]
    assert shown["shown"][0]["ranges"] == [[s.start, s.end] for s in merged(spans)]


RANGES = (
    ("bytes=0-0", 206, Span(0, 1)),
    ("bytes=100-199", 206, Span(100, 200)),
    ("bytes=0-", 206, Span(0, len(MEDIA))),
    (f"bytes={len(MEDIA) - 1}-", 206, Span(len(MEDIA) - 1, len(MEDIA))),
    (f"bytes=10-{10**17}", 206, Span(10, len(MEDIA))),
    ("bytes=-1", 206, Span(len(MEDIA) - 1, len(MEDIA))),
    (f"bytes=-{10**17}", 206, Span(0, len(MEDIA))),
    ("bytes=0-1,3-4", 200, Span(0, len(MEDIA))),  # several: the whole, as RFC 9110 allows
    ("bytes=5-4", 200, Span(0, len(MEDIA))),
    ("bytes=-", 200, Span(0, len(MEDIA))),
    ("bytes=a-b", 200, Span(0, len(MEDIA))),
    ("items=0-1", 200, Span(0, len(MEDIA))),
    (f"bytes=0-{'9' * 400}", 200, Span(0, len(MEDIA))),
    (f"bytes={len(MEDIA)}-", 416, None),
    ("bytes=-0", 416, None),
)


@pytest.mark.parametrize(("asked", "status", "span"), RANGES, ids=[one[0][:20] for one in RANGES])
def test_a_range(
    serving: Serving, auditor: httpx.Client, asked: str, status: int, span: Span | None
) -> None:
    view, address = opened(auditor, serving)
    said = auditor.get(address, headers={"range": asked})
    auditor.post(f"/api/views/{view}/end")
    assert said.status_code == status
    shown = find_view(serving.house.site.database, view).shown
    if span is None:
        assert said.headers["content-range"] == f"bytes */{len(MEDIA)}"
        assert said.json()["code"] == "RANGE"
        assert shown == ()
        return
    assert said.content == MEDIA[span.start : span.end]
    assert shown == (Shown("HLS/media.mp4", len(MEDIA), (span,)),)
    if status == 206:
        assert said.headers["content-range"] == f"bytes {span.start}-{span.end - 1}/{len(MEDIA)}"


def test_head_and_if_range(serving: Serving, auditor: httpx.Client) -> None:
    view, address = opened(auditor, serving)
    head = auditor.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(MEDIA))
    assert head.headers["accept-ranges"] == "bytes"
    some = auditor.head(address, headers={"range": "bytes=0-9"})
    assert (some.status_code, some.headers["content-length"]) == (206, "10")
    assert auditor.post(f"/api/views/{view}/end").status_code == 200
    assert find_view(serving.house.site.database, view).shown == ()  # no byte was shown
    _, address = opened(auditor, serving)
    for tag, status in ((head.headers["etag"], 206), ('"other"', 200), ("Wed, 02 Sep 2026", 200)):
        said = auditor.get(address, headers={"range": "bytes=0-9", "if-range": tag})
        assert said.status_code == status


def test_an_original_is_what_was_sealed_and_is_only_saved(
    serving: Serving, auditor: httpx.Client
) -> None:
    _, address = opened(auditor, serving, "original")
    said = auditor.get(address)
    sha256 = serving.recordings[Clip.OWN]
    assert said.content == serving.contents[Clip.OWN]
    assert hashlib.sha256(said.content).hexdigest() == sha256
    assert said.headers["content-disposition"] == f'attachment; filename="{sha256}"'
    assert said.headers["content-type"] == "application/octet-stream"
    assert said.headers["x-content-type-options"] == "nosniff"
    assert said.headers["cache-control"] == "private, no-store"


NAMES = (
    *("..", "../media.mp4", "%2e%2e", "%2e%2e%2fmedia.mp4", "..%2f..%2f..%2fsite.json"),
    *("%2fetc%2fpasswd", "/etc/passwd", "media.mp4%00", "%00", "media.mp4/", "MEDIA.MP4"),
    *("site.json", "poster.jpg", "media.mp4%0a", "m" * 50 + ".mp4", "%F0%9F%8E%A5.mp4"),
)


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_name_that_is_none_of_ours_gives_no_byte(
    serving: Serving, auditor: httpx.Client, name: str
) -> None:
    view, _ = opened(auditor, serving)
    for kind in ("HLS", "hls", "..", "%2e%2e", "ORIGINAL"):
        said = auditor.get(f"/api/views/{view}/{kind}/{name}")
        assert said.status_code in (404, 422), said.status_code
        assert said.json()["code"] in ("NOT_FOUND", "BAD_INPUT", "NO_SUCH_PAGE")
    with pytest.raises(NotFound):
        open_derivative(
            serving.house.site,
            serving.recordings[Clip.OWN],
            kind=DerivativeKind.HLS,
            name=name,
            checked=Checked(),
        )


def test_a_view_serves_only_its_own_session(serving: Serving, auditor: httpx.Client) -> None:
    view, address = opened(auditor, serving)
    whole, _ = opened(auditor, serving, "original")
    me, root = serving.person(Role.AUDITOR, At.A), serving.person(Role.AUDITOR, At.ROOT)
    assert auditor.get(f"/api/views/{view}/original").status_code == 404
    assert auditor.get(f"/api/views/{whole}/HLS/media.mp4").status_code == 404
    with serving.logged_in(me) as same, serving.logged_in(root) as other:
        for client in (same, other):
            for path in (address, f"/api/views/{whole}/original"):
                said = client.get(path)
                assert (said.status_code, said.json()["code"]) == (404, "NOT_FOUND")
            assert client.post(f"/api/views/{view}/end").status_code == 404
    assert auditor.get(address).status_code == 200
    assert auditor.post(f"/api/views/{view}/end").status_code == 200
    assert auditor.get(address).status_code == 404
    assert auditor.post(f"/api/views/{view}/end").status_code == 404


def test_what_was_removed_from_disk_is_missing_in_words(
    serving: Serving, auditor: httpx.Client
) -> None:
    folder = derivatives.folder(
        serving.house.site, serving.recordings[Clip.UNIT], kind=DerivativeKind.HLS
    )
    body = auditor.post(f"/api/recordings/{serving.recordings[Clip.UNIT]}/preview").json()
    folder.rename(folder.with_name("gone"))
    said = auditor.get(body["files"]["HLS/media.mp4"])
    folder.with_name("gone").rename(folder)
    assert (said.status_code, said.json()["code"]) == (404, "NOT_FOUND")
    assert auditor.get(body["files"]["HLS/media.mp4"]).content == MEDIA


# --- what is written, and when --------------------------------------------------------------------


class Stopwatch:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def raising(error: LiuhenError) -> None:
    """A report that fails the test."""
    raise error


def look(serving: Serving) -> tuple[Looking, Stopwatch, str]:
    """Looks that follow a stopwatch, and one of them."""
    person, stopwatch = serving.person(Role.AUDITOR, At.A), Stopwatch()
    looking = Looking(lambda _: serving.house.site.ledger, stopwatch)
    view = open_view(
        serving.house.site.ledger,
        Looker(person.account, _person_id(serving, person), "mine"),
        recording=serving.recordings[Clip.OWN],
        kind=ViewKind.PREVIEW,
    )
    looking.open(view, session="mine")
    return looking, stopwatch, view.id


def _person_id(serving: Serving, person: Person) -> str:
    with serving.house.site.database.read() as connection:
        return accounts.find(connection, person.account).person


def shown(serving: Serving, view: str) -> tuple[Span, ...]:
    """What is on record as shown."""
    found = find_view(serving.house.site.database, view).shown
    return found[0].spans if found else ()


def test_what_went_out_is_written_every_ten_seconds_and_not_more_often(serving: Serving) -> None:
    looking, stopwatch, view = look(serving)
    wrote_at = []
    for second in range(60):
        stopwatch.now = float(second)
        assert looking.went_out(view, what="x", size=99, span=Span(second, second + 1))
        before = len(shown(serving, view)) and shown(serving, view)[0].end
        looking.write_due(raising)
        after = len(shown(serving, view)) and shown(serving, view)[0].end
        if after != before:
            wrote_at.append(second)
            assert after == second + 1
    gaps = [later - earlier for earlier, later in zip([0, *wrote_at], wrote_at, strict=False)]
    assert min(gaps) >= WRITE_SECONDS - 1
    assert max(gaps) <= WRITE_SECONDS
    looking.close(raising)
    assert shown(serving, view) == (Span(0, 60),)
    assert find_view(serving.house.site.database, view).ended


def test_nothing_is_written_where_nothing_went_out(serving: Serving) -> None:
    looking, stopwatch, view = look(serving)
    before = serving.house.count("view_ranges")
    for _ in range(5):
        stopwatch.now += WRITE_SECONDS
        looking.write_due(raising)
    assert serving.house.count("view_ranges") == before
    looking.end(view, session="mine")
    assert serving.house.count("view_ranges") == before + 1


def test_a_view_that_rests_ends_and_nothing_goes_out_unrecorded(serving: Serving) -> None:
    looking, stopwatch, view = look(serving)
    assert looking.went_out(view, what="x", size=9, span=Span(0, 1))
    stopwatch.now += REST_SECONDS
    looking.write_due(raising)
    assert find_view(serving.house.site.database, view).ended
    assert not looking.went_out(view, what="x", size=9, span=Span(1, 2))
    with pytest.raises(NotFound):
        looking.view(view, session="mine")
    assert shown(serving, view) == (Span(0, 1),)


def test_a_check_that_was_under_way_does_not_open_an_ended_view(serving: Serving) -> None:
    looking, stopwatch, view = look(serving)
    checked = find_view(serving.house.site.database, view)
    looking.end(view, session="mine")
    with pytest.raises(NotFound):
        looking.trust(checked, session="mine", since=stopwatch.now)
    assert not looking.went_out(view, what="x", size=9, span=Span(0, 1))
    looking, stopwatch, view = look(serving)
    checked = find_view(serving.house.site.database, view)
    stopwatch.now += REST_SECONDS
    looking.write_due(raising)
    with pytest.raises(NotFound):
        looking.trust(checked, session="mine", since=stopwatch.now)


def test_the_right_is_looked_up_again_after_two_seconds(serving: Serving) -> None:
    looking, stopwatch, view = look(serving)
    assert looking.trusted(view, session="mine") is Trust.FRESH
    assert looking.trusted(view, session="another") is Trust.GONE
    stopwatch.now += TRUST_SECONDS / 2
    assert looking.trusted(view, session="mine") is Trust.AGING
    stopwatch.now += TRUST_SECONDS / 2
    assert looking.trusted(view, session="mine") is Trust.GONE
    found, since = find_view(serving.house.site.database, view), stopwatch.now
    looking.trust(found, session="another", since=since)
    assert looking.trusted(view, session="mine") is Trust.GONE
    looking.trust(found, session="mine", since=since)
    assert looking.trusted(view, session="mine") is Trust.FRESH
    stopwatch.now += TRUST_SECONDS  # a check that took so long says nothing of now
    looking.trust(found, session="mine", since=since)
    assert looking.trusted(view, session="mine") is Trust.GONE


def test_a_refusal_counts_for_the_log_in_that_was_refused(serving: Serving) -> None:
    looking, _, view = look(serving)
    looking.refuse(view, session="another")
    assert looking.trusted(view, session="mine") is Trust.FRESH
    looking.refuse(view, session="mine")
    assert looking.trusted(view, session="mine") is Trust.GONE


@pytest.mark.parametrize("refusal", [None, NotFound("Nothing")], ids=["it holds", "refused"])
def test_many_that_wait_share_one_check(refusal: NotFound | None) -> None:
    begun = []

    def check() -> None:
        begun.append(1)
        if refusal is not None:
            raise refusal

    async def ask() -> None:
        checks = Checks()
        waiting = [asyncio.shield(checks.begin(("view", "mine"), check)) for _ in range(16)]
        other = checks.begin(("view", "another"), check)
        waiting[0].cancel()  # one reader leaves; the others still hear
        assert await asyncio.gather(*waiting[1:], other) == [refusal] * 16
        assert len(begun) == 2
        assert await checks.begin(("view", "mine"), check) is refusal
        assert len(begun) == 3

    asyncio.run(ask())
