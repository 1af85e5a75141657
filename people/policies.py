"""The policy profiles that come with the product: data in `people/policies/*.toml`."""

import hashlib
from functools import cache
from importlib import resources

from evidence.canonical import Json, dumps
from evidence.policy import Profiles, load_profiles
from evidence.policy_catalogue import RULES

FOLDER = "people/policies"


def shipped_texts() -> dict[str, str]:
    """The text of each packaged profile by its place."""
    folder = resources.files("people").joinpath("policies")
    files = [item for item in folder.iterdir() if item.name.endswith(".toml")]
    return {f"{FOLDER}/{item.name}": item.read_text(encoding="utf-8") for item in files}


@cache
def load_policies() -> Profiles:
    """The packaged profiles, read once a process; raises `BadInput` naming file, line and key."""
    return load_profiles(shipped_texts())


@cache
def shipped_digest() -> str:
    """SHA-256 of all that this program brings of policy: the profiles, and the rules' versions."""
    versions: dict[str, Json] = {rule_id: rule.version for rule_id, rule in RULES.items()}
    return hashlib.sha256(dumps([{**shipped_texts()}, versions])).hexdigest()
