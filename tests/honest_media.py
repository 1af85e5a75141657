"""Rows of what recordings really hold for the honest store, on record."""

from evidence.personal import MEDIA_PLACE
from tests.honest_people import Store


def add_media(store: Store) -> None:
    """Each recording measured once, the first one again with another tool."""
    for sha256 in store.contents:
        _measured(store, sha256, 0)
    _measured(store, next(iter(store.contents)), 1)


def _measured(store: Store, sha256: str, number: int) -> None:
    store.row(
        "media_facts",
        id=f"{sha256}/{number}",
        recording_id=sha256,
        number=number,
        tool=f"ffmpeg 5.{number}",
        video="[[0,5000000],[7000000,9000000]]",
        sound="[[0,9000000]]",
        labels='["DAMAGED"]',
        place=store.personal(MEDIA_PLACE, "+30.6700+107.8000/") if number else None,
        measured_at=store.at,
    )
    store.enter("media.measured", {"recording": sha256})
