"""The policy profiles that come with the product: data in `people/policies/*.toml`."""

from importlib import resources

from evidence.policy import Profiles, load_profiles

FOLDER = "people/policies"


def shipped_texts() -> dict[str, str]:
    """The text of each packaged profile by its place."""
    folder = resources.files("people").joinpath("policies")
    files = [item for item in folder.iterdir() if item.name.endswith(".toml")]
    return {f"{FOLDER}/{item.name}": item.read_text(encoding="utf-8") for item in files}


def load_policies() -> Profiles:
    """The packaged profiles; raises `BadInput` naming file, line and key."""
    return load_profiles(shipped_texts())
