"""The decisions table of a portfolio, and how an entry is recorded in it."""
