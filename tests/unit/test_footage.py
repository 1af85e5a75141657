"""The footage helper: reads the manifest, and in CI never lets its absence pass."""

import hashlib
from pathlib import Path

import pytest

from tests.footage import footage_dir, give_up, manifest, missing_reason


def test_the_manifest_names_files_that_are_there() -> None:
    files = manifest()
    assert len(files) == len({file.name for file in files}) == 33
    smallest = min(files, key=lambda file: (file.size, file.name))
    assert smallest.size == smallest.path.stat().st_size == 0
    for file in files:
        assert file.path.parent == footage_dir()
        assert file.path.stat().st_size == file.size
    text = next(file for file in files if file.name == "damaged_text_named.MP4")
    assert hashlib.sha256(text.path.read_bytes()).hexdigest() == text.sha256
    assert text.video_codec is None
    assert text.duration_s is None


def test_a_folder_without_manifest_is_not_footage(tmp_path: Path) -> None:
    reason = missing_reason(tmp_path)
    assert reason is not None
    assert str(tmp_path) in reason


def test_absence_skips_at_home_and_fails_in_ci() -> None:
    with pytest.raises(pytest.skip.Exception, match="no card"):
        give_up("no card", ci=False)
    with pytest.raises(pytest.fail.Exception, match="no card"):
        give_up("no card", ci=True)
