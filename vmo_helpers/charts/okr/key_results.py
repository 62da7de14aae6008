"""Key results against what was to be expected by now, with where they will end; and how much their links
promise."""

from __future__ import annotations

from collections.abc import Collection

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, described, needs, said, with_tips
from vmo_helpers.charts.keys import Entry, key_height
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Verdict

_FURTHEST = 1.2  # progress beyond is drawn at the edge and said in words
_LOWEST = -0.1  # what lies further below zero is drawn broken, and said in words
_LOOKS: dict[Verdict, tuple[str, str, str]] = {
    Verdict.MISSED: ("✕", "missed", "alarm"),
    Verdict.WILL_MISS: ("✕", "will miss", "alarm"),
    Verdict.AT_RISK: ("◆", "at risk", "amber"),
    Verdict.STALE: ("?", "stale", "plain"),
    Verdict.NOT_MEASURED: ("?", "not measured", "plain"),
    Verdict.NO_END: ("…", "no end, no pace", "plain"),
    Verdict.NO_BEGIN: ("…", "no begin, no pace", "plain"),
    Verdict.TOO_EARLY: ("…", "too early", "plain"),
    Verdict.ON_TRACK: ("✓", "on track", "good"),
    Verdict.ACHIEVED: ("✓", "achieved", "good"),
}
_KEY = (
    Entry("bar", "now", theme.GREY),
    Entry("upright", "expected by now", theme.INK),
    Entry("ring", "where it will end, with its range", theme.INK),
)
_ORDER = {str(verdict): place for place, verdict in enumerate(_LOOKS)}


def key_results(frame: pd.DataFrame, *, alt: str, most: int = 14) -> altair.LayerChart:
    """Each key result's progress as a bar, what the plan expects by now as an upright mark, where it will end
    as an interval.

    ``frame``: one row a key result (title, progress, expected, projected, projected_low, projected_high,
    needed, verdict); the worst verdicts first. Progress is the way from baseline (0) to target (100 %), said
    as it is; a bar far below zero is drawn broken, an end there is not drawn.
    """
    described(alt)
    needs(
        frame,
        "title",
        "progress",
        "expected",
        "projected",
        "projected_low",
        "projected_high",
        "needed",
        "verdict",
    )
    if frame.empty:
        return blank("no key result's period holds this day", alt)
    shown = frame.assign(order=frame["verdict"].map(_ORDER)).sort_values(
        ["order", "progress"], kind="stable", na_position="last"
    )
    looks = [_LOOKS[Verdict(verdict)] for verdict in shown["verdict"]]
    done = [wording.percent(share) for share in shown["progress"]]
    ends = [
        wording.between(low, high, wording.percent)
        for low, high in zip(shown["projected_low"], shown["projected_high"], strict=True)
    ]
    below = shown["progress"].lt(0) | shown["projected"].lt(0)
    lowest = _LOWEST if below.head(most).any() else 0.0
    far = shown["projected"].lt(lowest)
    ready = pd.DataFrame(
        {
            "value": _drawn(shown["progress"], lowest),
            "broken": shown["progress"].lt(lowest).to_numpy(),
            "expected": _drawn(shown["expected"], lowest),
            "low": _drawn(shown["projected_low"].mask(far), lowest),
            "high": _drawn(shown["projected_high"].mask(far), lowest),
            "projected": _drawn(shown["projected"].mask(far), lowest),
            "tone": [look[2] for look in looks],
            "sign": [look[0] for look in looks],
        }
    )
    ready, tooltip = with_tips(
        ready,
        {
            "Key result": said(shown["title"], 200),
            "Verdict": [f"{sign} {word}" for sign, word, _ in looks],
            "Progress": done,
            "Expected by now": [wording.percent(share) for share in shown["expected"]],
            "Will end": ends,
            "Needed": [wording.percent(share) for share in shown["needed"]],
        },
    )
    verdicts = [word for _, word, _ in looks]
    notes = [_note(*parts) for parts in zip(verdicts, shown["progress"], shown["projected"], strict=True)]
    rows = Rows.of(
        ready,
        shown["title"],
        notes,
        verdicts,
        np.zeros(len(ready)),
        (lowest, _FURTHEST),
        column=True,
        pad=6,
        top=key_height(_KEY),
        most=most,
    )
    title = "share of the way from baseline to target"
    x = {
        field: rows.x(field, title, "share", grid=True) for field in ("value", "expected", "low", "projected")
    }
    layers: list[altair.Chart] = [
        rows.bars(x["value"], tooltip=tooltip, size=16),
        rows.breaks(lowest / 2, "datum.broken"),
        rows.line(0.0, colour=theme.FAINT, dash=False),
        rows.line(1.0, colour=theme.INK, dash=False),
        rows.spans(x["low"], "high", colour=theme.INK, width=2).transform_filter(
            "isValid(datum.low) && isValid(datum.high)"
        ),
        rows.dots(x["projected"], tooltip=tooltip, hollow=True, size=70, plain=theme.INK).transform_filter(
            "isValid(datum.projected)"
        ),
        rows.ticks(x["expected"], tooltip=tooltip),
    ]
    return canvas(*layers, *rows.key(_KEY), *rows.words(halo=True), height=rows.height, alt_text=alt)


def _drawn(shares: pd.Series, lowest: float) -> list[float]:
    return [float(value) for value in shares.astype(float).clip(lowest, _FURTHEST).round(4)]


def _note(verdict: str, progress: float, projected: float) -> str:
    if not wording.known(progress):
        return verdict
    ends = f" → {wording.percent(projected)}" if wording.known(projected) else ""
    return f"{wording.percent(progress)}{ends} · {verdict}"


def promised(
    frame: pd.DataFrame,
    *,
    alt: str,
    loud: Collection[str] = (),
    okr_over_promised: float | None = None,
    most: int = 14,
) -> altair.LayerChart:
    """How much of each key result's whole way the standing links promise, against ``okr_over_promised`` times
    it.

    ``frame``: one row a key result (kr_id, title, items, promised_share, against). The key results ``loud``
    are in the alarm colour.
    """
    described(alt)
    needs(frame, "kr_id", "title", "items", "promised_share", "against")
    known = frame[frame["promised_share"].notna()].sort_values(
        "promised_share", ascending=False, kind="stable"
    )
    if known.empty:
        return blank("no link states an expected delta", alt)
    shares = [wording.percent(share) for share in known["promised_share"]]
    counts = [wording.counted(n, "item") for n in known["items"]]
    return ranked_bars(
        known,
        known["title"],
        known["promised_share"].clip(lower=0),
        subject="Key result",
        notes=[f"{share} · {count}" for share, count in zip(shares, counts, strict=True)],
        briefs=shares,
        tips={
            "Promised": shares,
            "Items": counts,
            "Against the target": [wording.number(n) for n in known["against"]],
        },
        title="promised share of the way from baseline to target",
        unit="share",
        tones=["alarm" if goal in loud else "plain" for goal in known["kr_id"]],
        limits=None if okr_over_promised is None else pd.Series(okr_over_promised, index=known.index),
        alt_text=alt,
        most=most,
    )
