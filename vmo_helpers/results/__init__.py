"""The seam between a notebook and its page: findings, figures, the names of figures, and the parts that a
page reads back."""
