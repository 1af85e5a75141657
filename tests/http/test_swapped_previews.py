"""Files beside a recording that are not what was made of it: shown to nobody, and made anew."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.files import Checked
from evidence.derivative import DerivativeKind
from evidence.vocabulary import Role
from people.views import find_view
from storage import derivatives
from tests.serving import FILES, At, Clip, Serving, derive, serve

MEDIA = FILES[DerivativeKind.HLS]["media.mp4"]
OTHERS = {
    "of the same size": bytes(len(MEDIA)),
    "one bit": bytes([MEDIA[0] ^ 1]) + MEDIA[1:],
    "cut short": MEDIA[:-1],
    "empty": b"",
    "longer": MEDIA + b"x",
}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serve(tmp_path_factory.mktemp("served"), clips=(Clip.OWN,)) as opened:
        yield opened


@pytest.fixture
def auditor(own: Serving) -> Iterator[httpx.Client]:
    with own.logged_in(own.person(Role.AUDITOR, At.A)) as client:
        yield client


def opened(client: httpx.Client, serving: Serving) -> dict[str, str]:
    """A look at the recording: its id, and the address of the film."""
    said = client.post(f"/api/recordings/{serving.recordings[Clip.OWN]}/preview").json()
    return {"id": said["id"], "media": said["files"]["HLS/media.mp4"]}


def media_of(serving: Serving) -> Path:
    """Where the film lies."""
    sha256 = serving.recordings[Clip.OWN]
    folder = derivatives.folder(serving.house.site, sha256, kind=DerivativeKind.HLS)
    return folder / "media.mp4"


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("is_new_file", [True, False], ids=["replaced", "written over"])
def test_another_film_never_plays_under_this_name(
    own: Serving, auditor: httpx.Client, *, name: str, is_new_file: bool
) -> None:
    sha256, path = own.recordings[Clip.OWN], media_of(own)
    assert auditor.get(opened(auditor, own)["media"]).content == MEDIA  # read and remembered
    if is_new_file:
        path.with_name("new").write_bytes(OTHERS[name])
        path.with_name("new").rename(path)
    else:
        path.write_bytes(OTHERS[name])
    look = opened(auditor, own)
    said = auditor.get(look["media"], headers={"range": "bytes=0-9"})
    assert (said.status_code, said.json()["code"]) == (409, "PREVIEW_ALTERED")
    assert "HLS/media.mp4" in said.json()["zh"]
    assert find_view(own.house.site.database, look["id"]).shown == ()
    assert derivatives.find(own.house.site.database, sha256, kind=DerivativeKind.HLS) is None
    assert auditor.get(look["media"]).status_code == 404  # nothing is there until it is made anew
    derive(own, sha256)
    assert auditor.get(opened(auditor, own)["media"]).content == MEDIA


def test_times_that_are_put_back_deceive_nobody(own: Serving, auditor: httpx.Client) -> None:
    path = media_of(own)
    assert auditor.get(opened(auditor, own)["media"]).content == MEDIA
    before = path.stat()
    path.write_bytes(OTHERS["of the same size"])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert auditor.get(opened(auditor, own)["media"]).status_code == 409
    derive(own, own.recordings[Clip.OWN])


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    checked, path = Checked(), tmp_path / "file"
    path.write_bytes(b"as made")
    fd = os.open(path, os.O_RDONLY)
    try:
        first = checked.digest(fd)
        start = os.lseek(fd, 0, os.SEEK_CUR)
        assert checked.digest(fd) == first
        assert os.lseek(fd, 0, os.SEEK_CUR) == start  # whoever reads it next begins where it was
        path.write_bytes(b"not as made")
        assert checked.digest(fd) != first
    finally:
        os.close(fd)
