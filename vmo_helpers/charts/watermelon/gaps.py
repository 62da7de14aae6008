"""Why greens cannot be tested, who shrank to stay green, and how much is measured at all."""

from __future__ import annotations

import altair
import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import Floats, blank, canvas, described, needs, said, with_tips
from vmo_helpers.charts.grid import Grid
from vmo_helpers.charts.keys import Entry, key_height
from vmo_helpers.charts.ranked import ranked_bars
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import GREEN_BY_SHRINKING, Label

_SHARES = {
    "outcome_metric_share": ("outcome metric", "metric"),
    "baseline_share": ("baseline", "base"),
    "target_share": ("target", "target"),
    "dates_share": ("due date and lag", "dates"),
    "owner_share": ("owner", "owner"),
    "fresh_share": ("fresh data", "fresh"),
    "assessable_share": ("can be tested", "testable"),
    "reported_share": ("status reported", "status"),
}
_JUDGED = ("assessable_share", "reported_share")
_SHADES = ("#f4f5f6", "#dceaf3", "#bcd8ea", "#98c3df", "#78b0d4")
_BY_SCOPE = "scope"


def missing_elements(
    frame: pd.DataFrame, *, alt: str, currency: str = "", level: str = "item"
) -> altair.LayerChart:
    """What is missing to test the outcome of items that are reported green, most items first, with the money
    at stake.

    ``frame``: one row an element (element, items, money), sorted by the measure.
    """
    described(alt)
    needs(frame, "element", "items", "money")
    if frame.empty:
        return blank("every green can be tested", alt)
    counts = [wording.counted(n, level) for n in frame["items"]]
    money = [wording.money(amount, currency) for amount in frame["money"]]
    return ranked_bars(
        frame,
        frame["element"],
        frame["items"],
        subject="Missing",
        notes=[f"{count} · {amount}" for count, amount in zip(counts, money, strict=True)],
        briefs=[f"{wording.number(n)} · {amount}" for n, amount in zip(frame["items"], money, strict=True)],
        tips={"Items": counts, "Money at stake": money},
        title=f"{wording.plural(level)} reported green that lack it",
        tones=["accent"] + ["plain"] * (len(frame) - 1),
        alt_text=alt,
    )


def shrunk(
    frame: pd.DataFrame,
    *,
    alt: str,
    shrunk_cost_share: float | None = None,
    shrunk_scope_share: float | None = None,
    most: int = 12,
) -> altair.LayerChart:
    """What delivered initiatives were in the end beside their first plan, and the shares of its cost and its
    scope under which they count as shrunk; greens that are not shown sound in the alarm colour.

    ``frame``: one row an item (title, cost_ratio, scope_ratio, shrunk_by, label), the most shrunk first.
    """
    described(alt)
    needs(frame, "title", "cost_ratio", "scope_ratio", "shrunk_by", "label")
    if frame.empty:
        return blank("nothing was delivered well under plan", alt)
    by_scope = frame["shrunk_by"].fillna("").astype(str).str.contains(_BY_SCOPE, regex=False)
    scope = (by_scope & frame["scope_ratio"].notna()).to_numpy(dtype=bool)
    ratio = np.where(
        scope, frame["scope_ratio"].to_numpy(dtype=float), frame["cost_ratio"].to_numpy(dtype=float)
    )
    looks = [theme.LABEL[Label(label)] for label in frame["label"]]
    words = [
        f"{wording.percent(share)} of the {'scope' if by else 'cost'}"
        for share, by in zip(ratio, scope, strict=True)
    ]
    accused = [Label(label) in GREEN_BY_SHRINKING for label in frame["label"]]
    ready = pd.DataFrame(
        {
            "value": np.round(ratio, 4),
            "plan": 1.0,
            "tone": np.where(accused, "alarm", "strong"),
            "sign": [look.sign for look in looks],
        }
    )
    ready, tooltip = with_tips(
        ready,
        {
            "Item": said(frame["title"], 200),
            "Was in the end": words,
            "Cost": [wording.percent(share) for share in frame["cost_ratio"]],
            "Scope": [wording.percent(share) for share in frame["scope_ratio"]],
            "Called": [look.word for look in looks],
        },
    )
    notes = [f"{word} · {look.word}" for word, look in zip(words, looks, strict=True)]
    lines = _shrunk_lines(shrunk_cost_share, shrunk_scope_share)
    keys = (
        Entry("ring", "first plan", theme.GREY),
        Entry("dot", "in the end", theme.GREY),
        *(Entry("upright", text, theme.MUTED) for text in lines.values()),
    )
    rows = Rows.of(
        ready,
        frame["title"],
        notes,
        [wording.percent(share) for share in ratio],
        np.zeros(len(ready)),
        (0.0, 1.1),
        pad=6,
        column=True,
        most=most,
        top=key_height(keys),
    )
    title = "share of the first plan"
    x = {field: rows.x(field, title, "share", grid=True) for field in ("value", "plan")}
    layers = [
        *(rows.line(line) for line in lines),
        rows.spans(x["value"], "plan", width=2.5),
        rows.dots(x["plan"], tooltip=tooltip, hollow=True),
        rows.dots(x["value"], tooltip=tooltip),
    ]
    return canvas(*layers, *rows.key(keys), *rows.words(halo=True), height=rows.height, alt_text=alt)


def _shrunk_lines(cost: float | None, scope: float | None) -> dict[float, str]:
    """Each share of the plan that something is judged by → what it is the line of; one where both are one."""
    if cost == scope:
        return {} if cost is None else {cost: f"{wording.percent(cost)} of the plan"}
    named = ((cost, "cost"), (scope, "scope"))
    return {line: f"{wording.percent(line)} of the {what}" for line, what in named if line is not None}


def coverage(
    frame: pd.DataFrame, *, alt: str, coverage_share: float | None = None, most: int = 16
) -> altair.LayerChart:
    """How much is measured: a row a value stream (or team), a cell an element, the share of items that have
    it; darker is more.

    ``frame``: one row a subject, the portfolio first (name, items, outcome_metric_share, baseline_share,
    target_share, dates_share, owner_share, fresh_share, assessable_share, reported_share). Of what can be
    tested and what is reported, shares under ``coverage_share`` are in the alarm colour.
    """
    described(alt)
    needs(frame, "name", "items", *_SHARES)
    if frame.empty or not frame["items"].any():
        return blank("no item was started", alt)
    grid = Grid.of(
        frame["name"],
        [words for words, _ in _SHARES.values()],
        [brief for _, brief in _SHARES.values()],
        step=38,
        most=most,
    )
    shares = frame[list(_SHARES)].to_numpy(dtype=float)
    texts = [wording.percent(share) if wording.known(share) else "?" for share in shares.ravel()]
    shade = np.nan_to_num(np.ceil(shares.ravel() * (len(_SHADES) - 1))).astype(int).clip(0, len(_SHADES) - 1)
    cells = pd.DataFrame(
        {
            "row": np.repeat(np.arange(len(frame)), len(_SHARES)),
            "column": np.tile(np.arange(len(_SHARES)), len(frame)),
            "colour": np.array(_SHADES)[shade],
            "ink": np.where(_thin(shares, coverage_share).ravel(), theme.ALARM_TEXT, theme.INK),
            "text": texts,
            "brief": [text.removesuffix(" %") for text in texts],
        }
    )
    cells, tooltip = with_tips(
        cells,
        {
            "Of the items of": np.repeat(said(frame["name"]), len(_SHARES)).tolist(),
            "Have": [words for words, _ in _SHARES.values()] * len(frame),
            "Share": texts,
            "Items": np.repeat([wording.number(n) for n in frame["items"]], len(_SHARES)).tolist(),
        },
    )
    return canvas(
        grid.cells(cells, tooltip=tooltip),
        grid.words(cells),
        grid.header(),
        *grid.rows.words(),
        height=grid.height,
        alt_text=alt,
    )


def _thin(shares: Floats, line: float | None) -> npt.NDArray[np.bool_]:
    """Where a share that coverage is judged by lies under the line."""
    judged = np.isin(list(_SHARES), _JUDGED)
    return (shares < (-np.inf if line is None else line)) & judged
