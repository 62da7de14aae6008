"""Is somebody looking? A notebook that a front end shows may ask questions back; one that a program runs must
not."""

from __future__ import annotations

import os
import sys
from typing import Any

MODE = "VMO_MODE"
EXPLORE, DECK = "explore", "deck"


def exploring() -> bool:
    """True where a person sees the output: the request that runs the cell came from a page that shows the
    cell.

    JupyterLab and its like name the cell in their requests; papermill, nbclient and nbval do not, also where
    they were started from a notebook and inherited its environment. The environment variable VMO_MODE
    (``explore`` or ``deck``) decides where it is set.
    """
    stated = os.environ.get(MODE)
    return stated == EXPLORE if stated else "cellId" in _request_metadata()


def unattended() -> bool:
    """True where a review runs the notebook: what fails there is told on the page, and the rest is made."""
    return os.environ.get(MODE) == DECK


def _request_metadata() -> dict[str, Any]:
    """What the front end said beside the code that is running; empty outside of a kernel."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return {}
    return dict(kernel.get_parent().get("metadata") or {})
