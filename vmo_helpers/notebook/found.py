"""What the other notebooks found, read from the folder of a review: figures, findings, what became of each
notebook, earlier reviews."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from vmo_helpers import decks
from vmo_helpers.measures import changes, flow
from vmo_helpers.notebook import then
from vmo_helpers.notebook.lost import lost_among
from vmo_helpers.notebook.opening import SAMPLE, Review
from vmo_helpers.results.figure import no_comparison
from vmo_helpers.results.finding import Finding

FIGURES, FINDINGS, OUTCOME, HISTORY = "figures.json", "findings.json", "outcome.json", "history.json"
_FINDING = [
    "id",
    "rule",
    "subject",
    "severity",
    "sentence",
    "value",
    "unit",
    "n",
    "threshold",
    "threshold_name",
    "money",
    "evidence",
    "missing",
    "clears_when",
    "details",
    "first_seen",
    "previous_severity",
    "deck",
    "slide",
]
_FIGURE = ["value", "unit", "n", "low", "high", "comparable_from", "record_begins"]
_NEAR = pd.Timedelta(16, "D")
"""So near a review of the shelf stands for the same day of last year."""
_TOLD = ["id", "rule", "subject", "sentence", "deck", "money", "severity"]


@dataclass(frozen=True)
class Found:
    """A review so far. ``findings`` and ``figures``: a row each; ``notebooks``: name, status, page, why,
    lost (how many slides), last_good, last_day.

    ``reviews`` are the earlier ones, oldest first (name, day, done); ``past_findings`` and ``past_figures``
    hold a list by review. ``year``: the figures of the same time last year (day, first_day, key, value).
    ``as_of``, ``portfolio``, ``from_day`` and ``streams`` are None or empty where the
    folder does not say.
    """

    findings: pd.DataFrame
    figures: pd.DataFrame
    notebooks: pd.DataFrame
    reviews: pd.DataFrame
    past_findings: pd.DataFrame
    past_figures: pd.DataFrame
    entries: dict[str, dict[str, Any]]
    year: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=then.COLUMNS))
    portfolio: str | None = None
    as_of: str | None = None
    as_of_day: str | None = None
    from_day: str | None = None
    streams: tuple[str, ...] = ()

    @property
    def complete(self) -> frozenset[str]:
        """The notebooks that ran and lost no slide: what they do not say is not so."""
        return frozenset(self.notebooks["name"][self._ran & self.notebooks["lost"].eq(0)])

    @property
    def _ran(self) -> pd.Series:
        return self.notebooks["status"].eq("done")

    @property
    def day_before(self) -> str | None:
        """The as-of day of the review before."""
        return None if self.reviews.empty else str(self.reviews["day"].iloc[-1])

    @property
    def failed(self) -> frozenset[str]:
        """The notebooks that ought to have run."""
        return frozenset(self.notebooks["name"][~self._ran])

    @property
    def deck_names(self) -> dict[str, str]:
        """What a reader calls each notebook's deck."""
        return {name: decks.title(name) for name in self.notebooks["name"]}

    @property
    def tiles(self) -> list[str]:
        """The leading figures that this review has; one whose notebook failed is among them, unknown. Others
        leave no empty place."""
        return [key for key, deck in decks.tiles().items() if key in self.entries or deck.name in self.failed]

    @property
    def cited(self) -> dict[str, dict[str, Any]]:
        """The entries of ``figures.json``, and of each leading figure whose notebook failed that it is
        unknown, with its last value."""
        lists = dict(zip(self.past_figures["key"], self.past_figures["values"], strict=True))
        missing = {
            key: {
                "value": None,
                "unit": deck.tiles[key],
                "n": 0,
                "from": self.from_day,
                "to": self.as_of_day,
                "definition": "",
                "why": f"the {deck.title} deck failed in this review",
                "previous": (lists.get(key) or [None])[-1],
            }
            for key, deck in decks.tiles().items()
            if key in self.tiles and key not in self.entries
        }
        return {key: self._beside(key, entry, lists) for key, entry in {**self.entries, **missing}.items()}

    def _beside(self, key: str, entry: dict[str, Any], lists: dict[str, list[Any]]) -> dict[str, Any]:
        """An entry with its last value, where the deck that made it knew none."""
        values = lists.get(key, [])
        if entry.get("previous") is not None or not values or values[-1] is None:
            return entry
        why = no_comparison(entry, self.reviews["from"].iloc[-1])
        return {**entry, "previous": values[-1], **({"no_comparison": why} if why else {})}

    @property
    def stopping(self) -> frozenset[str]:
        """The items that this review says to stop."""
        return frozenset(self.findings.loc[self.findings["rule"].eq("value.stop"), "subject"])

    def trends(self, day: str) -> dict[str, pd.Series]:
        """Each figure over the reviews, this one last."""
        keys = [*self.figures["key"], *(key for key in self.tiles if key not in self.entries)]
        return {key: changes.trend(key, self.figures, self.past_figures, self.reviews, day) for key in keys}

    def recomputed(self, review: Review, log: flow.FlowLog) -> Found:
        """The same, with the past that the data tell where the shelf holds none: the flow figures of twelve
        month ends, the leading figures of the last of them and of the same day last year."""
        year = pd.Timestamp(review.window.end_day) - pd.DateOffset(years=1)
        known = self._of(year)
        if len(known) == 0:
            known = then.leading(review, str(year.date()))
        if len(self.reviews):
            return replace(self, year=known)
        months = review.measure(flow.month_ends, log)
        if lost_among(months) or months.empty:
            return replace(self, year=known)
        months = pd.concat([months, then.leading(review, months["day"].max())])
        months = months.drop_duplicates(["day", "key"])
        days = months.drop_duplicates("day")[["day", "first_day"]].rename(columns={"first_day": "from"})
        wide = months.pivot(index="key", columns="day", values="value").reindex(columns=days["day"])
        values = [[None if pd.isna(value) else value for value in row] for row in wide.to_numpy()]
        return replace(
            self,
            year=known,
            reviews=days.assign(name=days["day"], done=pd.Series([()] * len(days), index=days.index)),
            past_figures=pd.DataFrame({"key": wide.index, "values": values}),
        )

    def _of(self, day: pd.Timestamp) -> pd.DataFrame:
        """The figures of the review on the shelf that is nearest to a day, and near it."""
        far = (pd.to_datetime(self.reviews["day"]) - day).abs()
        if not len(far) or far.min() > _NEAR:
            return pd.DataFrame(columns=then.COLUMNS)
        place = int(far.to_numpy().argmin())
        one = self.reviews.iloc[place]
        rows = [
            (one["day"], one["from"], key, values[place])
            for key, values in zip(self.past_figures["key"], self.past_figures["values"], strict=True)
            if values[place] is not None
        ]
        return pd.DataFrame(rows, columns=then.COLUMNS).astype({"value": "float64"})

    def also(self, own: Sequence[Finding]) -> pd.DataFrame:
        """``findings`` with those of the closing notebook itself, on its slide "decided"; of places on its
        slide "places"."""
        rows = [
            {
                **{name: finding.as_json().get(name) for name in _FINDING},
                "deck": "",
                "slide": "places" if finding.rule.startswith("places.") else "decided",
            }
            for finding in own
        ]
        return pd.concat([self.findings, pd.DataFrame(rows, columns=_FINDING)], ignore_index=True)

    def check(self, portfolio: str, day: str, streams: Sequence[str]) -> None:
        """Raises ValueError where the review is about another portfolio, day or choice of streams than the
        data that were opened."""
        said = [
            f"{what}: the review says {theirs}, the data {ours}"
            for what, theirs, ours in (
                ("portfolio", self.portfolio, portfolio),
                ("as-of", self.as_of_day, day),
                ("streams", sorted(self.streams), sorted(streams)),
            )
            if theirs is not None and theirs != ours
        ]
        if said:
            raise ValueError(
                f"the review that is to be summed up is of something else than the data ({'; '.join(said)})"
            )


def found_in(review: str | Path) -> Found:
    """Read the folder of a review; what is not in it is empty. Raises ValueError where there is no such
    folder, a file is no JSON, or it is the sample's while VMO_DATA (``make lab DATA=…``) names other data.

    Figures and findings of portfolio_review itself are left out, so that a finished review may be summed up
    again.
    """
    folder = Path(review)
    if not folder.is_dir():
        raise ValueError(
            f"there is no review at {folder.name!r}: give the folder that holds {FIGURES} and {FINDINGS}"
        )
    mine = os.environ.get("VMO_DATA")
    if mine and folder.resolve() == SAMPLE.parent / "review" and Path(mine).resolve() != SAMPLE:
        raise ValueError(
            f"this is the review of the sample, and VMO_DATA names {Path(mine).name!r}: make a review of it "
            "(vmo review), then set `review` to that folder and `data` to yours"
        )
    own = decks.own()
    figures = {key: entry for key, entry in _json(folder / FIGURES, {}).items() if not key.startswith(own)}
    findings = [entry for entry in _json(folder / FINDINGS, []) if not entry["rule"].startswith(own)]
    outcome = _json(folder / OUTCOME, {})
    history = _json(folder / HISTORY, {})
    named = sorted({entry["deck"] for entry in findings if entry.get("deck")})
    states = outcome.get(
        "notebooks", {name: {"status": "done", "page": decks.entry(name).page} for name in named}
    )
    days = [entry["to"] for entry in figures.values() if entry.get("to")]
    return Found(
        findings=pd.DataFrame(
            [{name: entry.get(name) for name in _FINDING} for entry in findings], columns=_FINDING
        ),
        figures=pd.DataFrame(
            [{"key": key, **{name: entry.get(name) for name in _FIGURE}} for key, entry in figures.items()],
            columns=["key", *_FIGURE],
        ),
        notebooks=pd.DataFrame(
            [_notebook(name, state) for name, state in states.items()],
            columns=["name", "status", "page", "why", "lost", "last_good", "last_day"],
        ),
        reviews=pd.DataFrame(history.get("reviews", []), columns=["name", "day", "from", "done"]),
        past_findings=_past(history),
        past_figures=pd.DataFrame(list(_borne(history).items()), columns=["key", "values"]),
        entries=figures,
        portfolio=outcome.get("portfolio"),
        as_of=outcome.get("as_of"),
        as_of_day=outcome.get("as_of_day", max(days, default=None)),
        from_day=outcome.get("from_day"),
        streams=tuple(outcome.get("streams", ())),
    )


def _borne(history: dict[str, Any]) -> dict[str, list[Any]]:
    """Each figure's values in the earlier reviews. Of those that are followed, one that rested on too few is
    no past to compare with, and missing."""
    counts, followed = history.get("n", {}), frozenset(decks.followed())
    return {
        key: [
            None if key in followed and then.too_few(n) else value
            for value, n in zip(values, counts.get(key, [None] * len(values)), strict=False)
        ]
        for key, values in history.get("figures", {}).items()
    }


def _notebook(name: str, state: dict[str, Any]) -> dict[str, Any]:
    last = state.get("last_good") or {}
    return {
        "name": name,
        "status": state["status"],
        "page": state.get("page"),
        "why": state.get("why"),
        "lost": len(state.get("lost") or ()),
        "last_good": last.get("link"),
        "last_day": last.get("as_of_day"),
    }


def _past(history: dict[str, Any]) -> pd.DataFrame:
    told = [
        {"id": key, **entry}
        for key, entry in history.get("findings", {}).items()
        if not key.startswith(decks.own())
    ]
    return pd.DataFrame([{name: entry.get(name) for name in _TOLD} for entry in told], columns=_TOLD)


def _json(path: Path, empty: Any) -> Any:
    if not path.is_file():
        return empty
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.name} of the review cannot be read: {error}") from error
