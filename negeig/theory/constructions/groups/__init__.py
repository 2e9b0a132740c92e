"""Routes by representations of the transition group."""
