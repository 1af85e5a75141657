"""Units, persons, accounts, roles and log-ins: who may do what, and who did."""
