"""What the reviews of several portfolios say together: read from what they left on the shelf, never from the
data."""
