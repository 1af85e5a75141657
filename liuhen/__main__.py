"""`python -m liuhen`, and the program `liuhen`."""

from liuhen import starting
from liuhen.main import main


def start() -> None:
    """Runs one command; see `liuhen.main.main`."""
    starting.over()
    main()


if __name__ == "__main__":
    start()
