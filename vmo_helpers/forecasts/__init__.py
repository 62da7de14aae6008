"""What lies ahead, with its back-test."""
