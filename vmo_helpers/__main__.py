"""`python -m vmo_helpers` is the command `vmo`."""

import sys

from vmo_helpers.cli import main

if __name__ == "__main__":
    sys.exit(main())
