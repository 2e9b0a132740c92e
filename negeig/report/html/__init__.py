"""One self-contained page about a language: no request leaves the machine that shows it."""
