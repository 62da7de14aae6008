"""The shelf: reviews written whole or not at all, what each holds, and what the earlier ones said."""
