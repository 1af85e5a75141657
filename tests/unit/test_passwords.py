"""What a password costs: the product's own strength, and the same where nobody has the name."""

from people.passwords import NOBODY, hashed, matches

PASSWORD = "a long enough password"  # noqa: S105 - of nobody


def strength(stored: str) -> list[str]:
    """Kind, version and parameters of a hash, without its salt."""
    return stored.split("$")[1:4]


def test_the_product_hashes_as_strongly_as_it_says() -> None:
    stored = hashed(PASSWORD)
    assert strength(stored) == ["argon2id", "v=19", "m=65536,t=3,p=4"]
    assert matches(PASSWORD, stored)
    assert not matches(PASSWORD.upper(), stored)
    assert not matches(PASSWORD, "no hash of ours")


def test_a_name_that_does_not_exist_costs_the_same_and_never_matches() -> None:
    stored = hashed(PASSWORD)
    assert strength(NOBODY) == strength(stored)
    assert [len(part) for part in NOBODY.split("$")] == [len(part) for part in stored.split("$")]
    assert not matches("nobody's password", None)
