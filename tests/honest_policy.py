"""Rows of a bureau's own list for the honest store, on record."""

from tests.honest_people import Store


def add_policy(store: Store) -> None:
    """One list of two rows, as a bureau imports it."""
    store.row(
        "tier_catalogues",
        id="c1",
        number=0,
        profile="XX@1",
        sha256="c" * 64,
        valid_from="2026-01-01",
        imported_at=store.at,
    )
    for number, (item, tier) in enumerate((("查封", "MANDATORY"), ("送达", "DISCRETIONARY"))):
        store.row(
            "tier_rows",
            id=f"c1/{number}",
            catalogue_id="c1",
            number=number,
            file_row=number + 2,
            item=item,
            occasion="现场",
            begins="到达现场",
            content="全过程",
            ends="离开现场",
            tier=tier,
            period="30 y",
            code="SEAL_UP",
        )
    store.enter("catalogue.imported", {"catalogue": "c1", "valid_from": "2026-01-01"})
