"""What a notebook calls: open_review, decide, what the review found so far, and whether it runs in a
laboratory or a deck."""
