"""What a reader looks up: one row an item, a benefit, a stream."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow.items import stream_names
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.vocabulary import BenefitState, Recommendation

_NEXT = {
    BenefitState.PROJECTED: "its item is delivered, and the first effect shows",
    BenefitState.AWAITED: "the first effect shows",
    BenefitState.REALISING: "the metric is at its target",
    BenefitState.SUSTAINED: "it ends",
    BenefitState.NOT_MEASURED: "somebody measures it",
    BenefitState.UNKNOWN: "it gets a planned value, a lag and a due day",
}


def realised_by_stream(portfolio: Portfolio, benefits: pd.DataFrame) -> pd.DataFrame:
    """One row a value stream with benefits that are due a value, most planned first.

    Columns
        value_stream_id, value_stream: key and name; missing for benefits of items without a stream
        realised (portfolio's currency): of measured benefits that are due a value
        planned_to_date (portfolio's currency): of the same benefits
        first_planned_to_date (portfolio's currency): of measured benefits, by their first plan
        unmeasured (benefits): due a value, and nothing on record
    """
    due, measured = benefits["due_a_value"], benefits["measured"]
    rows = pd.DataFrame(
        {
            "value_stream_id": benefits["value_stream_id"],
            **{name: benefits[name].where(due & measured) for name in ("realised", "planned_to_date")},
            "first_planned_to_date": benefits["first_planned_to_date"].where(
                measured & benefits["first_planned_to_date"].gt(0)
            ),
            "unmeasured": (due & ~measured).astype("int64"),
        }
    )[due | benefits["first_planned_to_date"].gt(0)]
    sums = rows.groupby("value_stream_id", dropna=False, sort=True)
    found = sums[["realised", "planned_to_date", "first_planned_to_date"]].sum(min_count=1)
    found = found.assign(unmeasured=sums["unmeasured"].sum()).reset_index()
    found.insert(1, "value_stream", stream_names(found["value_stream_id"], portfolio.value_streams))
    return found.sort_values(
        ["planned_to_date", "value_stream_id"], ascending=[False, True], ignore_index=True
    )


def life_table(benefits: pd.DataFrame) -> pd.DataFrame:
    """One row a benefit, in the order of its life, dearest first.

    Columns
        benefit_id, metric_id: key of the benefit and of its metric
        title: of its item
        owner: the role that answers for it
        status: where it is in its life
        planned_value, realised (portfolio's currency): as in ``benefits``
        comes_next: in words; missing for one that ended
        planned_for: the day, which may be past; missing where no plan says it
    """
    states = [str(state) for state in BenefitState]
    on = np.select(
        [benefits["state"].isin(states[:2]), benefits["state"].eq(BenefitState.REALISING)],
        [benefits["effect_at"].dt.tz_localize(None).dt.normalize(), benefits["due"]],
        benefits["ends_on"].where(benefits["state"].eq(BenefitState.SUSTAINED)),
    )
    kept = ["benefit_id", "metric_id", "title", "owner", "state", "planned_value", "realised"]
    frame = benefits[kept].rename(columns={"state": "status"})
    frame = frame.assign(
        comes_next=frame["status"].map({str(one): words for one, words in _NEXT.items()}).astype("str"),
        planned_for=pd.to_datetime(on),
    )
    place = places(frame["status"], pd.Series(states, dtype="str"))
    return frame.iloc[np.lexsort((-frame["planned_value"].fillna(0), place))]


def items_table(money: pd.DataFrame, scores: pd.DataFrame, advised: pd.DataFrame) -> pd.DataFrame:
    """One row an item of the review level, as in ``money``.

    Columns
        item_id, title: key and title of the item
        score, rank, rank_low, rank_high: as in ``scores``
        realised, planned_to_date, spent (portfolio's currency): as in ``money``
        return (money back per money spent): likewise
        at_risk, ahead, cost_to_go (portfolio's currency): likewise
        ratio (money ahead per money to go): likewise
        verdict, because: as in ``recommendations``; missing for an item that is not in progress
    """
    at, of = places(money["item_id"], scores["item_id"]), places(money["item_id"], advised["item_id"])
    ranked = {
        name: scores[name].array.take(at, allow_fill=True)
        for name in ("score", "rank", "rank_low", "rank_high")
    }
    said = {name: advised[name].array.take(of, allow_fill=True) for name in ("verdict", "because")}
    kept = ["realised", "planned_to_date", "spent", "return", "at_risk", "ahead", "cost_to_go", "ratio"]
    return money[["item_id", "title"]].assign(**ranked, **{name: money[name] for name in kept}, **said)


def advice_table(advised: pd.DataFrame) -> pd.DataFrame:
    """One row an item in progress, as in ``recommendations``: those that nothing can be said of last.

    Columns
        title: of the item
        verdict: stop, pivot, fund, continue or cannot_say
        waiting_cost_per_month (portfolio's currency): what waiting costs
        because, changes_when: what it rests on, and what would change it
    """
    unsaid = advised["verdict"].eq(Recommendation.CANNOT_SAY).to_numpy()
    kept = ["title", "verdict", "waiting_cost_per_month", "because", "changes_when"]
    named = advised.rename(columns={"cost_per_month": "waiting_cost_per_month"})
    return named.iloc[np.argsort(unsaid, kind="stable")][kept]


def clocks_table(clocks: pd.DataFrame) -> pd.DataFrame:
    """One row an item with a clock that a metric tells of: those of use first, the earliest deployed first.

    Columns
        the columns of ``outcomes.three_clocks``
    """
    told = clocks[clocks["adoption_known"] | clocks["realisation_known"]]
    return told.sort_values(["adoption_known", "deployed_at"], ascending=[False, True], kind="stable")
