"""The command `vmo`: thin; each command calls one function of the package."""

from vmo_helpers.cli.main import main

__all__ = ["main"]
