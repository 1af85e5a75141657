"""Cases and enforcement actions: what is said of them, and the guarded steps they take."""
