"""Rows of an imported calendar for the honest store: a year with two days, corrected once."""

from tests.honest_people import Store


def add_calendar(store: Store) -> None:
    """Two imports of one year, the newer with a make-up day more."""
    days = (("2027-01-01", "OFF"), ("2027-10-01", "OFF"), ("2027-10-09", "WORKED"))
    for number, listed in enumerate((days[:2], days)):
        year = f"2027/{number}"
        store.row(
            "calendar_years",
            id=year,
            year=2027,
            number=number,
            source="国务院办公厅关于2027年部分节假日安排的通知",
            file_sha256="5a" * 32,
            imported_at=store.at,
        )
        for day, kind in listed:
            store.row(
                "calendar_days", id=f"{year}/{day}", calendar_year_id=year, day=day, kind=kind
            )
        store.enter("calendar.imported", {"year": 2027, "number": number})
