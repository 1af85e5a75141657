"""Pure rules, vocabulary and formats: no I/O, standard library only."""
