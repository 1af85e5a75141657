"""`python -m liuhen`."""

from liuhen.main import main

main()
