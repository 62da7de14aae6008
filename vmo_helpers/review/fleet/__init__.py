"""Many portfolios in one run: each is a review in a process of its own, and one failure stops no other."""
