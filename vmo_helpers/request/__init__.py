"""What a review is asked for: the parameters, each defined once (``asked``), and settled against the data
(``settled``)."""
