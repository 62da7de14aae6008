"""The portfolio review workbook.

exports → sources → Portfolio → measures → findings → charts → notebook → deck

A notebook needs four names. ``open_review`` gives the review: its data, window, thresholds and deck.
``measures``, ``findings`` and ``charts`` hold the same topics (flow, watermelon, okr …)::

    from vmo_helpers import charts, findings, open_review
    from vmo_helpers.measures import flow

    review = open_review("flow_analysis", "data/sample")
    log = review.measure(flow.read)
    waits = review.measure(flow.wait_pareto, log, review.measure(flow.items, log))
    queues = review.judge(findings.flow.wait_queue, waits)
    review.slide(queues, charts.flow.wait_pareto, waits)

Each verb adds what the review knows; called directly, a function takes it: ``flow.items(log, window)``.

A fifth, ``explore``, gives an analyst controls in JupyterLab; in a deck its calls leave nothing.

Names are imported when they are asked for: the command ``vmo`` starts without the libraries that only
notebooks need.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "charts",
    "decide",
    "explore",
    "findings",
    "forecasts",
    "found_in",
    "measures",
    "open_review",
    "told_before",
]


def __getattr__(name: str) -> Any:
    if name == "open_review":
        from vmo_helpers.notebook.opening import open_review

        return open_review
    if name == "found_in":
        from vmo_helpers.notebook.found import found_in

        return found_in
    if name == "told_before":
        from vmo_helpers.notebook.told import told_before

        return told_before
    if name == "decide":
        from vmo_helpers.notebook.deciding import decide

        return decide
    if name in __all__:
        return importlib.import_module(f"vmo_helpers.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
