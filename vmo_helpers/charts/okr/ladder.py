"""How firmly work is tied to goals: the ladder, and the line of sight up to the enterprise."""

from __future__ import annotations

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, described, needs, rounded, said, with_tips
from vmo_helpers.charts.keys import Entry, key_height
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording

_COUNT = "count"
_TOP = "top_three"
_NONE = "none"  # the rung of what has no link: the rest of the first one
_WORDS = {"planned_cost": "planned cost", "spend": "spend", "wip_days": "{days} in progress"}


def ladder(
    frame: pd.DataFrame,
    *,
    alt: str,
    money_basis: str = "planned_cost",
    okr_alignment_share: float | None = None,
    unit: str = "items",
    day_unit: str = "days",
) -> altair.LayerChart:
    """Each rung's share of the items as a bar, of the money as a hollow dot, and the share that is asked for
    as a line.

    ``frame``: one row a rung and basis (rung, level, title, basis, amount, total, share, why), in rising
    order. ``money_basis``: that of the dots (planned_cost, spend, wip_days). The top three are in the
    accent, under ``okr_alignment_share`` in the alarm colour.
    """
    described(alt)
    needs(frame, "rung", "level", "title", "basis", "amount", "total", "share", "why")
    counts = frame[(frame["basis"] == _COUNT) & (frame["rung"] != _NONE)].reset_index(drop=True)
    if counts["share"].notna().sum() == 0:
        return blank("no work in progress, no goals or no links", alt)
    paid = (
        frame[frame["basis"] == money_basis]
        .drop_duplicates("rung")
        .set_index("rung")["share"]
        .reindex(counts["rung"])
        .to_numpy()
    )
    of_what = _WORDS[money_basis].format(days=wording.unit(day_unit))
    line, top = okr_alignment_share, counts["rung"] == _TOP
    under = line is not None and bool((counts.loc[top, "share"] < line).any())
    level = counts["level"].mask(counts["level"].duplicated(), "of it:")  # two rungs may be of one level
    names = [f"{said}  {title}" for said, title in zip(level, counts["title"], strict=True)]
    told = [
        _told(*row)
        for row in zip(counts["amount"], counts["total"], counts["share"], counts["why"], strict=True)
    ]
    return _shares(
        names,
        counts["share"],
        paid,
        notes=[_beside(*parts, of_what) for parts in zip(told, paid, strict=True)],
        briefs=[wording.percent(share) if wording.known(share) else "unknown" for share in counts["share"]],
        tones=[("alarm" if under else "accent") if rung == _TOP else "plain" for rung in counts["rung"]],
        keys=(f"share of {unit}", f"share of {of_what}"),
        line=line,
        alt_text=alt,
    )


def line_of_sight(frame: pd.DataFrame, *, alt: str, unit: str = "items") -> altair.LayerChart:
    """The share of items, and of their spend, whose links reach each step up to an enterprise objective.

    ``frame``: one row a step (step, items, share, spend_share).
    """
    described(alt)
    needs(frame, "step", "items", "share", "spend_share")
    if frame["share"].notna().sum() == 0:
        return blank("no work in progress, no goals or no links", alt)
    last = len(frame) - 1
    return _shares(
        said(frame["step"]),
        frame["share"],
        frame["spend_share"].to_numpy(),
        notes=[
            f"{wording.counted(n, 'item')} · {wording.percent(share)}"
            for n, share in zip(frame["items"], frame["share"], strict=True)
        ],
        briefs=[wording.percent(share) for share in frame["share"]],
        tones=["accent" if place == last else "plain" for place in range(len(frame))],
        keys=(f"share of {unit}", "share of spend"),
        line=None,
        alt_text=alt,
    )


def _told(amount: float, total: float, share: float, why: object) -> str:
    if not wording.known(share):
        return str(why) if wording.known(why) and why else "unknown"
    return f"{wording.percent(share)}, {wording.number(amount)} of {wording.number(total)}"


def _beside(text: str, share: float, of_what: str) -> str:
    return f"{text} · {wording.percent(share)} of {of_what}" if wording.known(share) else text


def _shares(
    names: list[str],
    shares: pd.Series,
    paid: np.ndarray[tuple[int], np.dtype[np.float64]],
    *,
    notes: list[str],
    briefs: list[str],
    tones: list[str],
    keys: tuple[str, str],
    line: float | None,
    alt_text: str,
) -> altair.LayerChart:
    """Bars of shares with a hollow dot of another share each, on 0–100 %, the key above."""
    ready = pd.DataFrame(
        {"value": rounded(shares, 4).to_numpy(), "paid": np.round(paid.astype(float), 4), "tone": tones}
    )
    tips = {
        "Step": names,
        keys[0].capitalize(): [wording.percent(share) for share in shares],
        keys[1].capitalize(): [wording.percent(share) for share in paid],
    }
    ready, tooltip = with_tips(ready, tips)
    entries = [Entry("bar", keys[0], theme.GREY), Entry("ring", keys[1], theme.INK)]
    entries += [Entry("upright", f"{wording.percent(line)} asked for", theme.INK)] if line is not None else []
    rows = Rows.of(
        ready,
        names,
        notes,
        briefs,
        np.zeros(len(ready)),
        (0.0, 1.0),
        column=True,
        top=key_height(entries),
        pad=6,
        step=42,
    )
    x = rows.x("value", keys[0], "share", grid=True)
    layers: list[altair.Chart] = [
        rows.bars(x, tooltip=tooltip, size=18),
        rows.dots(
            rows.x("paid", keys[0], "share", grid=True),
            tooltip=tooltip,
            hollow=True,
            size=80,
            plain=theme.INK,
        ).transform_filter("isValid(datum.paid)"),
    ]
    if line is not None:
        layers.append(rows.line(line, colour=theme.INK))
    return canvas(*layers, *rows.key(entries), *rows.words(halo=True), height=rows.height, alt_text=alt_text)
