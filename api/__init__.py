"""HTTP: routes, cookies, streaming, and errors mapped to status in one place."""
