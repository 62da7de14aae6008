"""From an executed notebook to its HTML page, and the index of a shelf."""
