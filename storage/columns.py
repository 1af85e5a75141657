"""What tables are made of: the kinds of columns, and the one metadata all tables belong to."""

from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def key() -> Column[str]:
    """The table's key."""
    return Column("id", Text, primary_key=True)


def text(name: str) -> Column[str]:
    """A text that is always there."""
    return Column(name, Text, nullable=False)


def maybe(name: str) -> Column[str]:
    """A text or null."""
    return Column(name, Text, nullable=True)


def count(name: str) -> Column[int]:
    """A whole number, at most 2^53 - 1 in evidence."""
    return Column(name, BigInteger, nullable=False)


def maybe_count(name: str) -> Column[int]:
    """A whole number or null."""
    return Column(name, BigInteger, nullable=True)


def link(name: str, target: str, *, nullable: bool = False) -> Column[str]:
    """The key of a row of another table."""
    return Column(name, Text, ForeignKey(f"{target}.id"), nullable=nullable)
