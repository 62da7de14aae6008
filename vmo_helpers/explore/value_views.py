"""Value and funding, asked what if: other weights of the framework, another tolerance, items that stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from vmo_helpers import charts, findings, measures
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import Rows, View, said
from vmo_helpers.results.finding import loud
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity

LEAD = 5
_STOPPED = ["item_id", "title", "verdict", "cost_to_go", "spend_per_month", "ahead", "because"]


def weights(scene: Scene) -> dict[str, float]:
    """Every criterion that has a weight or scores, with the weight that the portfolio states, else 0."""
    stated = measures.value.stated_weights(scene.portfolio.settings)
    scored = sorted(set(scene.portfolio.criteria_scores["criterion"].dropna()))
    return {**stated, **{name: 0.0 for name in scored if name not in stated}}


def ranks(scene: Scene, weighed: Mapping[str, float]) -> View:
    """Ranks by the value score under these weights, beside those under the portfolio's own."""
    own, moved = (measures.value.scores(scene.portfolio, one) for one in (weights(scene), weighed))
    rows = moved_ranks(own, moved)
    known = rows[rows["rank"].notna()]
    if known.empty:
        sentence, severity = "No conclusion on ranks: no criterion with scores has a weight", Severity.UNKNOWN
    else:
        first, before = (set(frame.loc[frame["rank"].le(LEAD), "item_id"]) for frame in (moved, own))
        up = int(known["ranks_up"].ne(0).sum())
        title = wording.clipped(wording.plain(known["title"].iloc[0]), 60)
        sentence = (
            f"“{title}” leads with these weights; {len(first & before)} of the first {len(first)} are those "
            f"of the portfolio's own, and {wording.counted(up, scene.level)} of {len(known)} change rank"
        )
        severity = Severity.NOTE
    stable = measures.value.rank_stability(scene.portfolio, weighed)
    swing = (
        f"The same {LEAD} lead in {wording.percent(stable)} of 1,000 draws around these weights, each × 0.75 "
        "to 1.25."
        if wording.known(stable)
        else "Too few items are scored for a stable rank."
    )
    chart = charts.value.ranks(moved, alt=sentence)
    note = f"Only what the weights are to each other counts. {swing}"
    return View(sentence, severity, note, spec_of(chart), rows, scene.level, lambda _: Rows(rows))


def moved_ranks(own: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """One row an item, best first under the new weights: item_id, title, score, rank, rank_before,
    ranks_up."""
    before = own.set_index("item_id")["rank"].reindex(moved["item_id"]).to_numpy()
    rows = moved[["item_id", "title", "score", "rank"]].assign(rank_before=before)
    return rows.assign(ranks_up=rows["rank_before"] - rows["rank"]).reset_index(drop=True)


def guardrails(scene: Scene) -> View:
    """What spend goes to, against the split that the portfolio set itself."""
    guarded = measures.funding.guardrails(
        scene.portfolio, scene.window, guardrail_tolerance=scene.limits.guardrail_tolerance
    )
    found = findings.funding.guardrails(guarded, scene.limits)
    sentence, severity = said(found)
    chart = charts.funding.guardrails(guarded, alt=sentence, currency=scene.currency, loud=loud(found))
    note = "Actual spend of the window; what the portfolio names no share for is not judged."
    return View(sentence, severity, note, spec_of(chart), guarded, "share", lambda _: Rows(guarded))


def in_progress(scene: Scene) -> pd.DataFrame:
    """What can be stopped, as ``value.recommendations`` has it, with spend_per_month."""
    costs = scene.waiting.set_index("item_id")["spend_per_month"]
    advised = scene.advised
    return advised.assign(spend_per_month=costs.reindex(advised["item_id"]).to_numpy())


def if_stopped(scene: Scene, items: Sequence[str]) -> View:
    """Money that would be freed, and the value that would be forgone, were these items stopped."""
    going = in_progress(scene)
    rows = going.loc[going["item_id"].isin(list(items)), _STOPPED]
    freed, monthly, forgone = (
        rows[name].sum(min_count=1) for name in ("cost_to_go", "spend_per_month", "ahead")
    )
    blind = int(rows["ahead"].isna().sum())
    if rows.empty:
        sentence = "Choose items: here stands what stopping them frees, and what it forgoes"
    else:
        a_month = f" ({wording.money(monthly, scene.currency)} a month)" if wording.known(monthly) else ""
        sentence = (
            f"If {wording.counted(len(rows), scene.level)} {'stops' if len(rows) == 1 else 'stop'}: "
            f"{wording.money(freed, scene.currency)} is freed{a_month}, "
            f"{wording.money(forgone, scene.currency)} of value ahead is forgone"
        )
        sentence += f"; of {wording.number(blind)} the value ahead is not known" if blind else ""
    note = (
        "Freed: what they still cost, by the newest forecast, else by the plan. Forgone: what is not "
        "realised yet, by the chance that it misses. What was spent is spent; what ending costs is not in it."
    )
    chosen = going[going["item_id"].isin(rows["item_id"])]
    chart = charts.value.recommendations(chosen, alt=sentence, currency=scene.currency, loud=[])
    return View(sentence, Severity.NOTE, note, spec_of(chart), rows, scene.level, lambda _: Rows(rows))
