"""Writes `quotations.tsv`: of each quotation in a shipped profile the two digests, document first.

Run by hand after a profile was changed on purpose: `python -m tests.assets.make_quotations`.
"""

from pathlib import Path

from evidence.policy import Profiles
from people.policies import load_policies

FILE = Path(__file__).with_name("quotations.tsv")


def lines(profiles: Profiles) -> list[str]:
    """One line for each pair of digests, in order, none twice."""
    statements = (s for p in profiles.all for s in (*p.parameters.values(), *p.rules.values()))
    pairs = {(c.source.sha256, c.digest) for s in statements for c in s.citations}
    return [f"{document}\t{quotation}" for document, quotation in sorted(pairs)]


if __name__ == "__main__":
    FILE.write_text("\n".join(lines(load_policies())) + "\n", encoding="utf-8")
