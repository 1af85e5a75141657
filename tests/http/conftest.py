"""One served site for all tests that leave it as it was; others start their own."""

from collections.abc import Iterator

import pytest

from tests.serving import Serving, serve


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serve(tmp_path_factory.mktemp("served")) as opened:
        yield opened
