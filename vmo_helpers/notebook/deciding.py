"""The notebook's way to write down what was decided; in a deck, and under an unattended run, it leaves and
changes nothing."""

from __future__ import annotations

from pathlib import Path


def decide(data: str | Path, *, config: str | Path | None = None, correct: bool = False, **said: str) -> None:
    """Record a decision, as ``vmo decide`` does: ``decide(data, id="D-001", outcome="free", by="Value sync",
    due="2026-12-15")``.

    A new one: ``decide(data, question="Stop the trial?", owner="Head of Payments")``. Words: id, question,
    outcome, by, owner, due, item, finding, deck, effect_metric, asked, decided, done, cost, options. Without
    any it shows what is open. ``correct=True`` mends a mistaken entry; what it said before stays on record.
    Outside JupyterLab nothing is shown and nothing written, so that Run All in a scheduled review never
    writes into the data.
    """
    from vmo_helpers.notebook.mode import exploring

    if not exploring():
        return
    from IPython.display import HTML, display

    display(HTML(_recorded(str(data), config, said, correct) if said else _open(str(data), config)))


def _recorded(data: str, config: str | Path | None, said: dict[str, str], correct: bool) -> str:
    """The sentence of what was recorded, or of why it was not."""
    from vmo_helpers.deck import lab
    from vmo_helpers.review.decisions import recording as deciding
    from vmo_helpers.review.errors import NotWritable, Refused

    try:
        done = deciding.record(data, said, config=None if config is None else str(config), correct=correct)
    except (Refused, NotWritable) as problem:
        return lab.recorded("✕", f"Nothing was recorded. {problem}")
    return lab.recorded("✓", done)


def _open(data: str, config: str | Path | None) -> str:
    """The open decisions of the data as they stand, whatever the review's day."""
    from vmo_helpers import sources
    from vmo_helpers.deck import lab
    from vmo_helpers.review.decisions import recording as deciding

    undecided, _ = deciding.waiting(sources.load(data, config, False))
    return lab.open_decisions(undecided.to_dict("records"))
