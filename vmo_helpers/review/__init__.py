"""From notebooks to a review: plan, run, page, shelf."""
