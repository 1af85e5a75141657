"""What survives a power cut: database, vault, custody log, keys, scrub."""
