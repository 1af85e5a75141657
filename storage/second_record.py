"""Which vault is on record as the second one: the first to be added after the site's own."""

from sqlalchemy import select

from storage import schema
from storage.site import Site


def known_second(site: Site) -> str | None:
    """Its id; None where there never was one."""
    table = schema.vaults
    query = select(table.c.id).where(table.c.id != site.vault.vault_id).order_by(table.c.created_at)
    with site.database.read() as connection:
        return connection.execute(query).scalars().first()
