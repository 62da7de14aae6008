"""The three clocks of done: deployed, adopted, realised."""

from __future__ import annotations

import altair
import numpy as np
import pandas as pd

from vmo_helpers.charts import theme
from vmo_helpers.charts.canvas import blank, canvas, dates_said, described, needs, rounded, said, with_tips
from vmo_helpers.charts.keys import Entry, key_height
from vmo_helpers.charts.rows import Rows
from vmo_helpers.style import wording

_CLOCKS = (
    Entry("ring", "adopted: behaviour at target", theme.ACCENT),
    Entry("dot", "realised: outcome at target", theme.ACCENT),
    Entry("bar", "still open", theme.FAINT),
)


def three_clocks(
    frame: pd.DataFrame, *, alt: str, as_of: pd.Timestamp, timezone: str = "UTC", most: int = 14
) -> altair.LayerChart:
    """How long after its deployment each initiative was adopted and its outcome realised, or has been waiting
    to be.

    ``frame``: one row an item (title, deployed_at, adoption_days, realisation_days, adoption, realisation);
    items that are not deployed have no row.
    """
    described(alt)
    needs(frame, "title", "deployed_at", "adoption_days", "realisation_days", "adoption", "realisation")
    deployed = frame[frame["deployed_at"].notna()]
    if deployed.empty:
        return blank("nothing was deployed", alt)
    waited = (as_of - deployed["deployed_at"]).dt.total_seconds() / 86_400
    end = rounded(waited.where(deployed["realisation_days"].isna()).fillna(deployed["realisation_days"]), 1)
    live, since = deployed.head(most), waited.head(most)
    clocks = pd.DataFrame(
        {
            "adopted": rounded(live["adoption_days"], 1),
            "realised": rounded(live["realisation_days"], 1),
            "start": 0.0,
            "end": end.head(most),
            "tone": np.where(live["realisation_days"].notna(), "accent", "plain"),
        }
    ).reset_index(drop=True)
    adopted = _told(live, "adoption", "adopted", "use")
    realised = _told(live, "realisation", "realised", "outcome")
    live_for = [wording.days(n) for n in since]
    clocks, tooltip = with_tips(
        clocks,
        {
            "Item": said(live["title"], 200),
            "Deployed": dates_said(live["deployed_at"]),
            "Live for": live_for,
            "Use": adopted,
            "Outcome": realised,
        },
    )
    notes = [f"{use} · {outcome}" for use, outcome in zip(adopted, realised, strict=True)]
    rows = Rows.of(
        clocks,
        live["title"],
        notes,
        realised,
        np.zeros(len(clocks)),
        (0.0, float(end.max()) * 1.03 or 1.0),
        pad=6,
        column=True,
        most=most,
        total=len(deployed),
        top=key_height(_CLOCKS),
    )
    title = "days since deployment"
    x = {field: rows.x(field, title, "days", grid=True) for field in ("start", "adopted", "realised")}
    layers = [
        rows.spans(x["start"], "end", width=4),
        rows.dots(x["adopted"], tooltip=tooltip, hollow=True, plain=theme.ACCENT).transform_filter(
            "isValid(datum.adopted)"
        ),
        rows.dots(x["realised"], tooltip=tooltip, plain=theme.ACCENT).transform_filter(
            "isValid(datum.realised)"
        ),
    ]
    return canvas(*layers, *rows.key(_CLOCKS), *rows.words(halo=True), height=rows.height, alt_text=alt)


def _told(live: pd.DataFrame, name: str, done: str, what: str) -> list[str]:
    """Such as "adopted after 40 days", else what is known of it: "use not measured"."""
    return [
        f"{done} after {wording.days(days)}" if wording.known(days) else f"{what} {word}"
        for days, word in zip(live[f"{name}_days"], live[name], strict=True)
    ]
