"""Which subjects of a sample's CSV files fall under each rule, from the definitions and pandas alone.

``FOUND`` maps a rule to a function from the sample to the ids that the raw data show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import independent_ahead
import numpy as np
import pandas as pd
from independent_sample import (
    AS_OF,
    DAY,
    MONTH_BEFORE,
    WINDOW,
    ZONE,
    Sample,
    Verdict,
    expectation,
    inside,
    local_day,
)

Rule = Callable[[Sample], Iterable[str]]
SUB_RATINGS = ["schedule", "budget", "scope", "quality", "benefits"]
TODAY = pd.Timestamp("2026-10-31")


# --- flow
# ------------------------------------------------------------------------------------------------------------


def wait_days(sample: Sample) -> pd.DataFrame:
    visits = sample.visits
    inside_window = ((visits["until"].clip(upper=AS_OF) - visits["at"].clip(lower=WINDOW)) / DAY).clip(
        lower=0
    )
    return visits.assign(days=inside_window)[visits["class"] == "wait"]


def _wait_queue(sample: Sample) -> list[str]:
    by_state = wait_days(sample).groupby("to_state")["days"].sum()
    return list(by_state.index[by_state / by_state.sum() > 0.25])


def _gate(sample: Sample) -> list[str]:
    waits = wait_days(sample)
    return [str(waits[waits["is_gate"]].groupby("to_state")["days"].sum().idxmax())]


def _wip_limit(sample: Sample) -> list[str]:
    items = sample.items[sample.items["wip"]]
    board = (
        sample.table("states")
        .query("level == 'epic' and value_stream_id.isna()")
        .set_index("state")["wip_limit"]
    )
    streams = sample.table("value_streams").set_index("value_stream_id")["wip_limit"]
    return [
        name
        for limits, column in ((board, "state"), (streams, "value_stream_id"))
        for name, count in items.groupby(column).size().items()
        if count > limits[name]
    ]


def _by_stream(sample: Sample, chosen: pd.Series) -> pd.Series:
    streams = sample.table("value_streams")["value_stream_id"]
    return sample.items[chosen].groupby("value_stream_id").size().reindex(streams, fill_value=0)


def _started_not_finished(sample: Sample) -> list[str]:
    begun = sample.items["started"] >= WINDOW
    started, both = _by_stream(sample, begun), _by_stream(sample, begun & sample.items["finished"].notna())
    streams = list(started.index[(started >= 5) & (both / started < 0.5)])
    return [*streams, "portfolio"] if both.sum() / started.sum() < 0.5 else streams


def _finished_under(count: int) -> Rule:
    return lambda sample: [
        s for s, n in _by_stream(sample, sample.items["finished"] >= WINDOW).items() if n < count
    ]


def _backward(sample: Sample) -> pd.Series:
    before = sample.visits.groupby("item_id")["position"].shift()
    return (sample.visits["position"] < before).groupby(sample.visits["item_id"]).sum()


def _reopened(sample: Sample) -> list[str]:
    before = sample.visits.groupby("item_id")["class"].shift()
    return list(sample.visits[(before == "done") & (sample.visits["class"] != "done")]["item_id"].unique())


def _hand_offs(sample: Sample) -> pd.Series:
    held = sample.visits[sample.visits["function"].notna()]
    before = held.groupby("item_id")["function"].shift()
    return (before.notna() & (before != held["function"])).groupby(held["item_id"]).sum()


def _after_done(sample: Sample) -> pd.Series:
    team = sample.visits[(sample.visits["layer"] == "team") & (sample.visits["until"] < AS_OF)]
    items = sample.items[sample.items["finished"].notna()]
    return (items["delivered_at"] - team.groupby("item_id")["until"].max().reindex(items.index)) / DAY


def _blocked(sample: Sample) -> list[str]:
    blockers = sample.table("blockers")
    still = set(blockers[blockers["to_at"].isna()]["item_id"])
    return [item for item in sample.items.index[sample.items["wip"]] if item in still]


def _unfinished_need(sample: Sample) -> list[str]:
    needs, items = sample.table("dependencies"), sample.items
    unfinished = needs["needs_item_id"].map(items["finished"]).isna()
    return sorted(set(needs[unfinished & needs["item_id"].map(items["wip"]).eq(True)]["item_id"]))


def _local_optimum(sample: Sample) -> list[str]:
    """Working stages whose median fell by a fifth and more than three days."""
    work = sample.visits[(sample.visits["class"] == "active") & (sample.visits["until"] < AS_OF)]
    median = work.groupby(["to_state", work["until"] >= WINDOW])["days"].median().unstack()
    return list(median.index[(median[True] < 0.8 * median[False]) & (median[False] - median[True] > 3)])


def _slow_decision(sample: Sample) -> list[str]:
    log = sample.table("decisions")
    return list(log[((log["decided_at"].fillna(AS_OF) - log["asked_at"]) / DAY) > 30]["decision_id"])


# --- reported status and outcomes
# ------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def measuring(sample: Sample) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The benefits by the plan that measures, the ids of which a change was decided, and those of which
    one was not."""
    benefits, log = sample.table("benefits").set_index("benefit_id", drop=False), sample.table("decisions")
    benefits, decided, loose = benefits.copy(), [], []
    changes = sample.table("plan_changes").query("table == 'benefits'").sort_values("changed_at")
    for (benefit, column), rows in changes.groupby(["key", "column"]):
        item = benefits.loc[benefit, "item_id"]
        agreed = log[log["item_id"] == item]["decided_at"].dropna()
        drafted = sample.items.loc[item, ["baselined_at", "delivered_at"]].min()
        value = benefits.loc[benefit, column]
        for _, change in rows[rows["changed_at"] > drafted].iloc[::-1].iterrows():  # the newest first
            if ((agreed - change["changed_at"]).abs() <= 31 * DAY).any():
                decided.append(str(benefit))
                break
            loose.append(str(benefit))
            value = change["old_value"]
        kind = pd.Timestamp if column == "due" else float
        benefits.loc[benefit, column] = kind(value)
    return benefits, decided, loose


@lru_cache(maxsize=8)
def verdicts(sample: Sample, as_of: pd.Timestamp = AS_OF) -> dict[str, Verdict]:
    """The inside test of every benefit, by the plan that measures."""
    return {row["benefit_id"]: inside(sample, row, as_of) for _, row in measuring(sample)[0].iterrows()}


def of_items(sample: Sample, as_of: pd.Timestamp = AS_OF) -> dict[str, Verdict]:
    """The test of every item that has one (the sample plants one an item; what else it has is not due)."""
    owner = sample.table("benefits").set_index("benefit_id")["item_id"]
    told = sorted(verdicts(sample, as_of).items(), key=lambda one: one[1].word in ("red", "watch", "green"))
    return {owner[benefit]: verdict for benefit, verdict in told}


def first_plan(sample: Sample, column: str) -> pd.Series:
    changes = (
        sample.table("plan_changes")
        .query("table == 'work_items' and column == @column")
        .sort_values("changed_at")
    )
    first = changes.groupby("key")["old_value"].first()
    plan = sample.items[column].copy()
    plan.update(pd.to_datetime(first) if column == "planned_end" else first.astype("float64"))
    return plan


def spent(sample: Sample) -> pd.DataFrame:
    """Actual spend of each epic with its features': amount, first month, months."""
    actual = sample.table("spend").query("kind == 'actual' and item_id.notna()")
    by_epic = actual.groupby(actual["item_id"].map(sample.epic_of))
    made = by_epic.agg(amount=("amount", "sum"), first=("period", "min"), months=("period", "nunique"))
    return made.reindex(sample.items.index)


def last_reports(sample: Sample) -> pd.DataFrame:
    reports = (
        sample.table("status_reports")
        .sort_values(["at", "recorded_at"])
        .drop_duplicates(["item_id", "at"], keep="last")
    )
    last = reports.groupby("item_id").tail(1).set_index("item_id")
    rhythm = reports.groupby("item_id")["at"].apply(lambda at: at.diff().median() / DAY)
    return last.assign(rhythm=rhythm.reindex(last.index), age=(AS_OF - last["at"]) / DAY)


def delivery(sample: Sample) -> pd.Series:
    """green or red by the delivery facts, missing where there is no planned end."""
    end = local_day(first_plan(sample, "planned_end"))
    late = (sample.items["delivered_at"].fillna(AS_OF) - end) / DAY
    cost = spent(sample)["amount"] / first_plan(sample, "planned_cost")
    return pd.Series(np.where((late <= 182) & (cost <= 1.1), "green", "red"), index=end.index).where(
        end.notna()
    )


def outside(sample: Sample) -> pd.Series:
    folded = {"green_amber": "amber", "amber_red": "red"}
    reported = last_reports(sample)["overall"].replace(folded)
    return reported.reindex(sample.items.index).fillna(delivery(sample))


def labels(sample: Sample) -> pd.Series:
    """The label of every item by the matrix of outside and inside."""
    found, tests = {}, of_items(sample)
    names = {
        "green": {
            "red": "watermelon",
            "green": "sound",
            "watch": "open_inside",
            "not_yet_due": "green_unproven",
        },
        "amber": {
            "watch": "red_open",
            "red": "red_through",
            "green": "better_inside",
            "not_yet_due": "red_unproven",
        },
    }
    for item, colour in outside(sample).items():
        word = tests[item].word if item in tests else "unknown"
        if pd.isna(colour):
            found[item] = "not_reported"
        elif colour == "green":
            found[item] = names["green"].get(word, "unknown_inside")
        else:
            found[item] = names["amber"].get(word, "red_unknown")
    return pd.Series(found)


def _labelled(label: str) -> Rule:
    return lambda sample: labels(sample).loc[lambda found: found == label].index


def _board(sample: Sample) -> list[str]:
    """Red, and under Benjamini–Hochberg at 0.10 by what no assumed ramp stands behind, now and a month
    before."""
    kept: list[set[str]] = []
    for as_of in (AS_OF, MONTH_BEFORE):
        p = pd.Series(
            {
                item: verdict.firm
                for item, verdict in of_items(sample, as_of).items()
                if np.isfinite(verdict.firm)
            }
        ).sort_values()
        line = 0.10 * np.arange(1, len(p) + 1) / len(p)
        last = np.flatnonzero(p.to_numpy() <= line)
        kept.append(set(p.index[: last[-1] + 1]) if len(last) else set())
    watermelons = set(_labelled("watermelon")(sample))
    return sorted(watermelons & kept[0] & kept[1])


def _watch(sample: Sample) -> list[str]:
    return [item for item, verdict in of_items(sample).items() if verdict.word == "watch"]


def _moved_goalposts(sample: Sample) -> list[str]:
    """Changed without a decision, and kinder by today's plan than by the first."""
    kinder = {"red": 0, "watch": 1, "not_yet_due": 2, "too_few": 2, "not_assessable": 2, "green": 3}
    today = sample.table("benefits").set_index("benefit_id", drop=False)
    return [
        str(row["item_id"])
        for benefit, row in today.loc[measuring(sample)[2]].iterrows()
        if kinder[inside(sample, row, AS_OF).word] > kinder[verdicts(sample)[str(benefit)].word]
    ]


def _re_planned(sample: Sample) -> list[str]:
    owner = sample.table("benefits").set_index("benefit_id")["item_id"]
    return list(owner[measuring(sample)[1]])


def _not_assessable(sample: Sample) -> list[str]:
    return [benefit for benefit, verdict in verdicts(sample).items() if verdict.word == "not_assessable"]


def _too_few(sample: Sample) -> list[str]:
    return [item for item, verdict in of_items(sample).items() if verdict.word == "too_few"]


def _shrunk(sample: Sample) -> list[str]:
    items, books = sample.items, spent(sample)
    begun = items["started"].dt.tz_convert(ZONE).dt.tz_localize(None).dt.to_period("M").dt.to_timestamp()
    whole = (books["first"] <= begun) | (books["months"] == 1)
    cheap = (books["amount"] / first_plan(sample, "planned_cost") < 0.75) & whole
    return list(
        items.index[items["delivered"] & (cheap | (items["scope_delivered"] / items["scope_planned"] < 0.75))]
    )


def _self_contradicting(sample: Sample) -> list[str]:
    last = last_reports(sample)
    against = last[SUB_RATINGS].isin(["green_amber", "amber", "amber_red", "red"]).any(axis=1)
    return list(last.index[(last["overall"] == "green") & against])


def _stale_status(sample: Sample) -> list[str]:
    last = last_reports(sample)
    return list(last.index[last["age"] > 2 * last["rhythm"]])


def _stale_outcome(sample: Sample) -> list[str]:
    benefits = sample.table("benefits")
    cadence = sample.table("metrics").set_index("metric_id")["cadence_days"]
    age = (AS_OF - benefits["metric_id"].map(sample.observations.groupby("metric_id")["at"].max())) / DAY
    return list(benefits[age > 2 * benefits["metric_id"].map(cadence)]["item_id"])


def _opinion_only(sample: Sample) -> list[str]:
    named = (
        sample.table("pi_objectives")
        .dropna(subset=["item_id"])
        .groupby("item_id")[["actual_value", "planned_value"]]
        .sum()
    )
    tests = of_items(sample)
    return [
        item
        for item, row in named.iterrows()
        if row["actual_value"] / row["planned_value"] >= 0.8 and tests[item].word == "red"
    ]


def _frozen(sample: Sample) -> list[str]:
    """Moved in the last 42 days, has a metric or a key result, and neither was read in them."""
    since = AS_OF - 42 * DAY
    moves, links, metrics = (
        sample.table("transitions"),
        sample.table("links"),
        sample.table("metrics").set_index("metric_id"),
    )
    moved = set(moves[moves["at"] > since]["item_id"].map(sample.epic_of))
    read = sample.observations.groupby("metric_id")["at"].max()
    fresh = set(metrics.loc[read.index[read > since], "item_id"].dropna())
    checked = sample.table("checkins").groupby("kr_id")["at"].max()
    results = sample.table("key_results").set_index("kr_id")["metric_id"]
    alive = set(checked.index[checked > since]) | set(results.index[results.map(read) > since])
    served = links[links["removed_at"].isna() & (links["goal_type"] == "key_result")]
    owners = served["item_id"].map(sample.epic_of)
    measured = set(metrics["item_id"].dropna()) | set(owners)
    return sorted((moved & measured) - fresh - set(owners[served["goal_id"].isin(alive)]))


def _plan_aged(sample: Sample) -> list[str]:
    items, changes, log = sample.items, sample.table("plan_changes"), sample.table("decisions")
    old = items[items["wip"] & ((AS_OF - items["baselined_at"]) / DAY > 270)]
    return [
        item
        for item, since in old["baselined_at"].items()
        if not ((changes["key"] == item) & (changes["changed_at"] > since)).any()
        and not ((log["item_id"] == item) & (log["decided_at"] > since)).any()
    ]


def _delivery_contradicts(sample: Sample) -> list[str]:
    green, facts = last_reports(sample)["overall"] == "green", delivery(sample)
    return [item for item in green.index[green] if facts[item] == "red"]


def _vanity(sample: Sample) -> list[str]:
    metrics = sample.table("metrics")
    beside = set(metrics[metrics["kind"] == "outcome"]["item_id"].dropna())
    alone = metrics["kind"].isin(["output", "activity"]) & ~metrics["item_id"].isin(beside)
    named = metrics["name"].str.contains("velocity|utilisation", case=False)
    return list(metrics[alone | metrics["banned"].eq(True) | named]["metric_id"])


def _usage_drop(sample: Sample) -> list[str]:
    """Behaviour metrics whose last three readings lie over three standard deviations below all earlier
    ones."""
    behaviour = sample.table("metrics").query("kind == 'behaviour' and direction != 'decrease'")["metric_id"]
    found = []
    for metric, readings in sample.observations.sort_values("at").groupby("metric_id")["value"]:
        values = readings.to_numpy()
        if (
            metric in set(behaviour)
            and len(values) > 8
            and (values[-3:] < values[:-3].mean() - 3 * values[:-3].std(ddof=1)).all()
        ):
            found.append(str(metric))
    return found


def _satisfaction_drop(sample: Sample) -> list[str]:
    """Mean score of the last wave against all of the year before, beyond three standard errors."""
    found = []
    for (stream, instrument), answers in sample.table("surveys").groupby(["value_stream_id", "instrument"]):
        waves = {at: np.repeat(wave["score"].to_numpy(), wave["count"]) for at, wave in answers.groupby("at")}
        last = waves[max(waves)]
        before = np.concatenate([scores for at, scores in waves.items() if at < max(waves) - 300 * DAY])
        error = np.sqrt(last.var(ddof=1) / len(last) + before.var(ddof=1) / len(before))
        if last.mean() < before.mean() - 3 * error:
            found.append(f"{stream}:{instrument}")
    return found


# --- objectives and key results
# --------------------------------------------------------------------------------------


def live_links(sample: Sample) -> pd.DataFrame:
    """Links that stand at the end to goals whose period holds it, with the epic, the top objective and its
    rank."""
    objectives = sample.table("objectives").set_index("objective_id")
    results = sample.table("key_results").set_index("kr_id")
    column = (
        sample.table("work_items")
        .dropna(subset=["goal"])[["item_id", "goal"]]
        .rename(columns={"goal": "goal_id"})
    )
    links = pd.concat([sample.table("links"), column.assign(goal_type="objective")], ignore_index=True)
    links = links[links["removed_at"].isna()].copy()
    is_result = links["goal_type"] == "key_result"
    links["objective"] = links["goal_id"].map(results["objective_id"]).where(is_result, links["goal_id"])
    for edge in ("from", "to"):
        links[edge] = (
            links["goal_id"].map(results[edge]).where(is_result, links["goal_id"].map(objectives[edge]))
        )
    links = links[(links["from"] <= TODAY) & (links["to"] >= TODAY)]

    def top(objective: str) -> str:
        parent = objectives.loc[objective, "parent_id"]
        return top(parent) if isinstance(parent, str) else objective

    links["top"] = links["objective"].map(top)
    return links.assign(epic=links["item_id"].map(sample.epic_of), rank=links["top"].map(objectives["rank"]))


def denominator(sample: Sample) -> pd.Index:
    """Epics in progress of work type feature."""
    items = sample.items
    return items.index[items["wip"] & items["work_type"].fillna("feature").eq("feature")]


def live_results(sample: Sample) -> pd.DataFrame:
    results = sample.table("key_results")
    return results[(results["from"] <= TODAY) & (results["to"] >= TODAY)].set_index("kr_id")


def _orphans(sample: Sample) -> set[str]:
    return set(denominator(sample)) - set(live_links(sample)["epic"])


def _without_work(sample: Sample) -> set[str]:
    links = live_links(sample)
    working = links[links["epic"].isin(sample.items.index[sample.items["wip"]])]
    return set(live_results(sample).index) - set(working["goal_id"])


def spend_by_objective(sample: Sample) -> pd.Series:
    """Share of the window's spend that each top objective gets; shares are scaled when they exceed one."""
    spend = sample.table("spend").query("kind == 'actual' and item_id.notna() and period >= '2025-11-01'")
    by_epic = spend.groupby(spend["item_id"].map(sample.epic_of))["amount"].sum()
    links = live_links(sample)
    equal = 1 / links.groupby("epic")["goal_id"].transform("size")
    stated = links["share"] / links.groupby("epic")["share"].transform("sum").clip(lower=1)
    amount = links["epic"].map(by_epic).fillna(0) * stated.fillna(equal)
    return amount.groupby(links["top"]).sum() / by_epic.sum()


def _starved(sample: Sample) -> list[str]:
    weight = (
        sample.table("objectives")
        .set_index("objective_id")
        .query("`from` <= @TODAY <= to")["weight"]
        .dropna()
    )
    gap = weight - spend_by_objective(sample).reindex(weight.index, fill_value=0)
    return list(gap.index[gap > 0.1])


def _over_mapped_results(sample: Sample) -> list[str]:
    links, results = live_links(sample), sample.table("key_results").set_index("kr_id")
    promised = links[links["epic"].isin(denominator(sample))].groupby("goal_id")["expected_delta"].sum()
    ratio = promised / (results["target"] - results["baseline"]).reindex(promised.index)
    return list(ratio.index[ratio > 1.5])


def _over_mapped(sample: Sample) -> list[str]:
    links = live_links(sample).query("goal_type == 'key_result'")
    count = links[links["epic"].isin(denominator(sample))].groupby("epic")["goal_id"].nunique()
    return list(count.index[count >= 4])


def _siloed(sample: Sample) -> list[str]:
    department = sample.table("teams").drop_duplicates("team").set_index("team")["department"]
    team = sample.table("work_items").set_index("item_id")["team"]
    links = live_links(sample).query("goal_type == 'key_result'")
    served = links["item_id"].map(team).map(department).groupby(links["goal_id"]).nunique()
    return list(served.index[served == 1])


def _conflicts(sample: Sample) -> set[str]:
    signs = {"increase": 1, "maintain_above": 1, "reach": 1, "decrease": -1, "maintain_below": -1}
    results = live_results(sample)
    results = results.assign(sign=results["type"].map(signs)).dropna(subset=["metric_id"])
    both = results.reset_index().merge(results.reset_index(), on="metric_id")
    return {
        f"{a}|{b}"
        for a, b, x, y in zip(both["kr_id_x"], both["kr_id_y"], both["sign_x"], both["sign_y"], strict=True)
        if a < b and x != y
    }


def values_of(sample: Sample, kr: str, row: pd.Series) -> pd.DataFrame:
    """Check-ins and metric readings of a key result inside its period, in order."""
    checked = sample.table("checkins").query("kr_id == @kr")[["at", "value"]]
    read = sample.observations.query("metric_id == @row.metric_id")[["at", "value"]]
    both = pd.concat([checked, read]).dropna().sort_values("at")
    return both[both["at"] >= row["from"].tz_localize(ZONE).tz_convert("UTC")]


def _stale_results(sample: Sample) -> list[str]:
    found = []
    for kr, row in live_results(sample).iterrows():
        at = values_of(sample, str(kr), row)["at"].max()
        cadence = row["cadence_days"]
        allowed = 30 if pd.isna(cadence) else cadence + max(3, 0.25 * cadence)
        if pd.notna(at) and (AS_OF - at) / DAY > allowed:
            found.append(str(kr))
    return found


NEEDS = {
    "increase": ["baseline", "target"],
    "decrease": ["baseline", "target"],
    "range": ["low", "high"],
    "reach": ["target"],
    "maintain_above": ["target"],
    "maintain_below": ["target"],
}


def _unmeasured(sample: Sample) -> list[str]:
    return [
        str(kr)
        for kr, row in live_results(sample).iterrows()
        if not len(values_of(sample, str(kr), row)) or row[NEEDS.get(row["type"], [])].isna().any()
    ]


def _at_risk(sample: Sample) -> list[str]:
    """Measured key results of a moving type whose least-squares line ends short of the score needed."""
    found, silent = [], _unmeasured(sample)
    for kr, row in live_results(sample).iterrows():
        values = values_of(sample, str(kr), row)
        begin, end = (day.tz_localize(ZONE) for day in (row["from"], row["to"] + DAY))
        if (
            kr in silent
            or row["type"] not in ("increase", "decrease", "reach")
            or len(values) < 3
            or (AS_OF - begin) / (end - begin) < 0.25
        ):
            continue
        start = 0.0 if row["type"] == "reach" else row["baseline"]
        score = (values["value"] - start) / (row["target"] - start)
        line = np.polyfit(((values["at"] - begin) / (end - begin)).to_numpy(dtype=float), score.to_numpy(), 1)
        if np.polyval(line, 1.0) < (0.7 if row["commitment"] == "aspirational" else 1.0):
            found.append(str(kr))
    return found


def _edited(sample: Sample) -> list[str]:
    changes = sample.table("plan_changes").query("table == 'key_results'")
    ended = local_day(sample.table("key_results").set_index("kr_id")["to"] + DAY)
    return list(changes[changes["changed_at"] >= changes["key"].map(ended)]["key"])


def _unaligned(sample: Sample) -> list[str]:
    spend = sample.table("spend").query("kind == 'actual' and item_id.notna() and period >= '2025-11-01'")
    by_epic = spend.groupby(spend["item_id"].map(sample.epic_of))["amount"].sum()
    return list(set(by_epic.index[by_epic > 0]) - set(live_links(sample)["epic"]))


# --- value and funding
# -----------------------------------------------------------------------------------------------


def _predictability(sample: Sample) -> list[str]:
    found = sample.table("pi_objectives")
    ratio = (
        found.groupby("pi")["actual_value"].sum()
        / found[found["committed"]].groupby("pi")["planned_value"].sum()
    )
    return list(ratio.index[(ratio < 0.8) | (ratio > 1.0)])


def _shortfall(sample: Sample) -> list[str]:
    """Benefits that are due in full, measured, and realised under half of their planned value."""
    benefits = measuring(sample)[0]
    item = sample.items.reindex(benefits["item_id"]).set_axis(benefits.index)
    start = item["delivered_at"].fillna(item["finished"]).fillna(local_day(item["planned_end"]))
    begun = start + pd.to_timedelta(benefits["lag_days"], unit="D") <= AS_OF
    due = benefits[(benefits["due"] <= TODAY) & begun]
    booked = sample.table("realisations").groupby("benefit_id")["value"].sum().reindex(due.index)
    return list(due.index[booked / due["planned_value"] < 0.5])


def _not_measured(sample: Sample) -> list[str]:
    """Benefits that are due a value, and of which nothing realised is on record."""
    benefits = sample.table("benefits").set_index("benefit_id")
    item = sample.items.reindex(benefits["item_id"]).set_axis(benefits.index)
    start = item["delivered_at"].fillna(item["finished"]).fillna(local_day(item["planned_end"]))
    begun = start + pd.to_timedelta(benefits["lag_days"], unit="D") < AS_OF
    due = benefits[begun & benefits["due"].notna() & benefits["planned_value"].gt(0)]
    return list(due.index[~due.index.isin(sample.table("realisations")["benefit_id"])])


def _claimed_twice(sample: Sample) -> list[str]:
    """Metrics whose benefits, not yet due, claim more than all of their way."""
    benefits = sample.table("benefits")
    share = benefits["share"].fillna(1.0).groupby(benefits["metric_id"]).sum()
    return list(share.index[share > 1])


def _flag_wrong(sample: Sample) -> list[str]:
    """Red at the end of June and July, green at that of August, September and October."""
    days = [pd.Timestamp(day, tz=ZONE) for day in ("2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01")]
    told = [of_items(sample, day.tz_convert("UTC")) for day in days]
    return [item for item in told[-1] if [one[item].word for one in told] == ["red", "red", "green", "green"]]


def _late_decision(sample: Sample) -> list[str]:
    log = sample.table("decisions")
    return list(log[log["done_at"].isna() & (log["due"] < TODAY)]["decision_id"])


def _budget_2026(sample: Sample) -> pd.DataFrame:
    return sample.table("budgets").query("`from` >= '2026-01-01'")


def _guardrail(sample: Sample) -> list[str]:
    rails = {"evaluating": 0.05, "emerging": 0.15, "investing": 0.55, "extracting": 0.20, "retiring": 0.05}
    budget = _budget_2026(sample)
    share = budget.groupby("horizon")["amount"].sum() / budget["amount"].sum()
    return [horizon for horizon, rail in rails.items() if abs(share[horizon] - rail) > 0.05]


def _over_budget(sample: Sample) -> list[str]:
    spend = sample.table("spend").query("kind == 'actual' and period >= '2026-01-01'")
    stream = sample.table("work_items").set_index("item_id")["value_stream_id"]
    actual = spend.groupby(spend["value_stream_id"].fillna(spend["item_id"].map(stream)))["amount"].sum()
    to_date = _budget_2026(sample).groupby("value_stream_id")["amount"].sum() * 10 / 12
    return list(actual.index[actual / to_date > 1.1])


def _project_funded(sample: Sample) -> list[str]:
    budget = _budget_2026(sample)
    project = (
        budget["amount"]
        .where(budget["funding_type"] == "project", 0)
        .groupby(budget["value_stream_id"])
        .sum()
    )
    return list(project.index[project / budget.groupby("value_stream_id")["amount"].sum() > 0.5])


def _unstable_team(sample: Sample) -> list[str]:
    teams = sample.table("teams")
    return list(teams[teams["to"].isna() & (teams["from"] > TODAY - pd.Timedelta(days=365))]["team"])


FOUND: dict[str, Rule] = {
    "flow.wait_queue": _wait_queue,
    "flow.gate": _gate,
    "flow.stalled_item": lambda s: s.items.index[s.items["age"] > expectation(s.items, 0.85)],
    "flow.release_rhythm": lambda s: s.items.index[
        s.items["wip"] & s.items["delivered_at"].isna() & (s.items["age"] > 548)
    ],
    "flow.wip_limit": _wip_limit,
    "flow.started_not_finished": _started_not_finished,
    "flow.nothing_finished": _finished_under(1),
    "flow.too_few_to_say": _finished_under(5),
    "flow.blocked": _blocked,
    "flow.unfinished_need": _unfinished_need,
    "flow.rework": lambda s: _backward(s).loc[lambda moves: moves >= 3].index,
    "flow.reopened": _reopened,
    "flow.hand_offs": lambda s: _hand_offs(s).loc[lambda changes: changes >= 10].index,
    "flow.queue_after_done": lambda s: _after_done(s).loc[lambda days: days >= 120].index,
    "flow.local_optimum": _local_optimum,
    "flow.slow_decision": _slow_decision,
    "watermelon.watermelon": _labelled("watermelon"),
    "watermelon.board": _board,
    "watermelon.watch": _watch,
    "watermelon.open_inside": _labelled("open_inside"),
    "watermelon.unknown_inside": _labelled("unknown_inside"),
    "watermelon.not_assessable": _not_assessable,
    "watermelon.too_few_data": _too_few,
    "watermelon.shrunk": _shrunk,
    "watermelon.self_contradicting": _self_contradicting,
    "watermelon.stale_status": _stale_status,
    "watermelon.stale_outcome": _stale_outcome,
    "watermelon.stale": lambda s: [*_stale_status(s), *_stale_outcome(s)],
    "watermelon.moved_goalposts": _moved_goalposts,
    "watermelon.re_planned": _re_planned,
    "watermelon.opinion_only": _opinion_only,
    "watermelon.frozen": _frozen,
    "watermelon.plan_aged": _plan_aged,
    "watermelon.delivery_contradicts": _delivery_contradicts,
    "watermelon.vanity_metric": _vanity,
    "watermelon.usage_drop": _usage_drop,
    "watermelon.satisfaction_drop": _satisfaction_drop,
    "okr.orphan_item": _orphans,
    "okr.goal_without_work": _without_work,
    "okr.starved_objective": _starved,
    "okr.over_mapped_key_result": _over_mapped_results,
    "okr.over_mapped": _over_mapped,
    "okr.siloed_key_result": _siloed,
    "okr.conflicting_key_results": _conflicts,
    "okr.stale_key_result": _stale_results,
    "okr.key_result_at_risk": _at_risk,
    "okr.unmeasured_key_result": _unmeasured,
    "okr.edited_goal": _edited,
    "okr.unaligned_spend": _unaligned,
    "value.predictability": _predictability,
    "value.benefit_shortfall": _shortfall,
    "value.not_measured": _not_measured,
    "value.claimed_twice": _claimed_twice,
    "value.disbenefit": lambda s: s.table("benefits").query("planned_value < 0")["benefit_id"],
    "value.yearly": lambda s: s.table("benefits").query("value_basis == 'yearly'")["benefit_id"],
    "sequence.moved": independent_ahead.moved,
    "forecast.scope_growth": independent_ahead.grown,
    "transition.flag_wrong": _flag_wrong,
    "value.late_decision": _late_decision,
    "funding.guardrail": _guardrail,
    "funding.over_budget": _over_budget,
    "funding.project_funded": _project_funded,
    "funding.unstable_team": _unstable_team,
}
NOT_COMPUTED = {
    "watermelon.fake_agility",
    "okr.moved",
    "value.vanished_shortfall",
    "value.stop",
    "value.pivot",
    "value.fund",
    "transition.rebadged",
}  # signs with thresholds of their own; regression, first plans in money and verdicts have their own tests
