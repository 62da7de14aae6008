"""The notebook's way to write down what was decided; in a deck, and under an unattended run, it leaves and
changes nothing."""

from __future__ import annotations

from html import escape
from pathlib import Path

from vmo_helpers.style import wording


def decide(data: str | Path, *, config: str | Path | None = None, **said: str) -> None:
    """Record a decision, as ``vmo decide`` does: ``decide(data, id="D-001", outcome="free", by="Value sync",
    due="2026-12-15")``.

    A new one: ``decide(data, question="Stop the trial?", owner="Head of Payments")``. Words: id, question,
    outcome, by, owner, due, item, finding, deck, effect_metric, asked, decided, done. Without any it shows
    what is open. Outside JupyterLab nothing is shown and nothing written, so that Run All in a scheduled
    review never writes into the data.
    """
    from vmo_helpers.notebook.mode import exploring

    if not exploring():
        return
    from IPython.display import HTML, display

    display(HTML(_recorded(str(data), config, said) if said else _open(str(data), config)))


def _recorded(data: str, config: str | Path | None, said: dict[str, str]) -> str:
    """The sentence of what was recorded, or of why it was not."""
    from vmo_helpers.review.decisions import recording as deciding
    from vmo_helpers.review.errors import NotWritable, Refused

    try:
        return (
            f"<p>✓ {escape(deciding.record(data, said, config=None if config is None else str(config)))}</p>"
        )
    except (Refused, NotWritable) as problem:
        return f"<p>✕ Nothing was recorded. {escape(str(problem))}</p>"


def _open(data: str, config: str | Path | None) -> str:
    """The open decisions of the data as they stand, whatever the review's day."""
    from vmo_helpers import sources
    from vmo_helpers.deck.lab import wrapped

    decisions = sources.load(data, config, False).decisions
    waiting = decisions[decisions["decided_at"].isna() & decisions["outcome"].isna()].sort_values(
        "asked_at", kind="stable"
    )
    rows = "".join(
        f"<tr><td>{escape(wording.plain(row['decision_id']))}</td>"
        f"<td>{escape(wording.clipped(wording.plain(row['question']), 160))}</td></tr>"
        for row in waiting.to_dict("records")
    )
    head = (
        f"<p>{wording.counted(len(waiting), 'decision')} open. To record one: <code>decide(data, "
        "id=…, outcome=…, by=…)</code></p>"
    )
    return wrapped(head, f"<table>{rows}</table>" if rows else "")
