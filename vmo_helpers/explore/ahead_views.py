"""What lies ahead, asked what if: items leave or stop, a stream gains a place, work is begun in another
order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from vmo_helpers import charts, forecasts
from vmo_helpers.deck.specs import spec_of
from vmo_helpers.explore.scene import Scene
from vmo_helpers.explore.view import Rows, View
from vmo_helpers.forecasts.order import CD3, OURS, TIE
from vmo_helpers.forecasts.places import open_now
from vmo_helpers.forecasts.what_if import BEST
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import Severity

_ITEM = ["item_id", "title", "value_stream"]
_ORDER = ["place", "best_place", *_ITEM, "starts", "done", "wait_cost"]


def open_items(scene: Scene, *, going: bool) -> pd.DataFrame:
    """What is open, in progress or not begun: item_id, title, value_stream."""
    is_open, _ = open_now(scene.items)
    begun = scene.items["age_days"].notna()
    return scene.items.loc[is_open & (begun if going else ~begun), _ITEM]


def if_changed(
    scene: Scene, leaving: Sequence[str], stopping: Sequence[str], more: Mapping[str, int]
) -> View:
    """By when all is done before and after items leave, others stop, and streams gain places."""
    gone = sorted({*leaving, *stopping})
    places = forecasts.places_of(scene.portfolio, scene.items)
    pace = forecasts.gained(places, more)
    rows = forecasts.before_after(scene.ahead, scene.forecast(gone, pace))
    sentence, severity = _changed(scene, rows, len(leaving), len(stopping), more)
    note = (
        "As many as are open, at each stream's own pace, were nothing added; 85 % sure. What leaves or stops "
        "is open no more; the work spent on it is not counted back. A place more is as quick as those that "
        "are there. All streams: the product of their chances."
    )
    chart = charts.forecast.before_after(rows, alt=sentence)
    shown = rows.drop(columns=["value_stream_id", "done_before_days", "done_after_days"])
    return View(sentence, severity, note, spec_of(chart), shown, "stream", lambda _: Rows(shown), wide=True)


def _changed(
    scene: Scene, rows: pd.DataFrame, leaving: int, stopping: int, more: Mapping[str, int]
) -> tuple[str, Severity]:
    names = scene.portfolio.value_streams.set_index("value_stream_id")["name"].to_dict()
    done = [f"{wording.counted(leaving, scene.level)} {_do(leaving, 'leave')}"] if leaving else []
    done += [f"{wording.counted(stopping, scene.level)} {_do(stopping, 'stop')}"] if stopping else []
    done += [
        f"{wording.plain(names.get(key, key))} has {wording.counted(count, 'place')} more"
        for key, count in more.items()
    ]
    if not done:
        return "Choose what leaves, what stops, or a place more: here stands what it does to the days", (
            Severity.NOTE
        )
    changed = rows[rows["open_before"].ne(rows["open_after"]) | rows["value_stream_id"].isin(more)]
    streams = changed[changed["value_stream_id"].ne("all")]
    row = streams.iloc[0] if len(streams) == 1 else rows.iloc[-1]
    if_so = f"If {wording.listed(done)}"
    where = "all streams" if row["value_stream_id"] == "all" else wording.plain(row["value_stream"])
    if pd.isna(row["done_after"]):
        why = row["why"] if isinstance(row["why"], str) else "not within two years"
        return f"{if_so}, no day can be said for {where}: {why}", Severity.UNKNOWN
    by = f"what is open in {where} is done by {wording.day(row['done_after'].date(), year=True)}, 85 % sure"
    if pd.isna(row["done_before"]):
        return f"{if_so}, {by}; as it is, no day can be said", Severity.NOTE
    sooner = float(row["done_before_days"] - row["done_after_days"])
    word = f"{wording.days(abs(sooner))} {'sooner' if sooner > 0 else 'later'}" if sooner else "as it is now"
    return f"{if_so}, {by}: {word}", Severity.NOTE


def _do(n: int, verb: str) -> str:
    return f"{verb}s" if n == 1 else verb


def in_best_order(scene: Scene) -> pd.DataFrame:
    """What can be put in order, the best first: item_id, title."""
    return forecasts.order_table(scene.order)[["item_id", "title"]]


def by_rule(scene: Scene, rule: str) -> list[str]:
    """The items in the order of a rule, or in the best one."""
    table = forecasts.order_table(scene.order)
    return [str(one) for one in table.sort_values("cd3_place" if rule == CD3 else "place")["item_id"]]


def in_order(scene: Scene, items: Sequence[str]) -> View:
    """What waiting costs were work begun in this order, beside the best one and cost of delay ÷ length."""
    best = forecasts.order_table(scene.order).set_index("item_id")["place"]
    if len(best) < 2:
        sentence = "No order: under two waiting items have a cost of delay and a length"
        nothing = pd.DataFrame(columns=_ORDER)
        chart = charts.forecast.order(forecasts.order_table(scene.order).head(0), alt=sentence)
        return View(
            sentence, Severity.UNKNOWN, "", spec_of(chart), nothing, scene.level, lambda _: Rows(nothing)
        )
    chosen = forecasts.in_your_order(scene.order, items)
    table = forecasts.order_table(chosen)
    cost = forecasts.rules_table(chosen).set_index("rule")
    yours = float(cost["expected_cost"][OURS])
    said = [_against(cost, yours, name, words, scene) for name, words in ((BEST, BEST), (CD3, CD3))]
    sentence = (
        f"In your order {wording.counted(len(table), f'waiting {scene.level}')} cost "
        f"{wording.money(yours, scene.currency)} until they are done: {wording.listed(said)}"
    )
    rows = table.assign(best_place=best.reindex(table["item_id"]).to_numpy())[_ORDER]
    note = (
        "What needs other work begins after it, whatever its place; each stream begins in your order as its "
        "places get free. Expected over 10,000 scenarios of lengths and values. Nothing is written."
    )
    chart = charts.forecast.order(table, alt=sentence, currency=scene.currency)
    return View(
        sentence, Severity.NOTE, note, spec_of(chart), rows, scene.level, lambda _: Rows(rows), wide=True
    )


def _against(cost: pd.DataFrame, yours: float, rule: str, words: str, scene: Scene) -> str:
    beaten, more = float(cost["beaten_chance"][rule]), yours - float(cost["expected_cost"][rule])
    if abs(more) < 1e-6 or TIE[0] <= beaten <= TIE[1]:
        return f"as much as by {words}{'' if abs(more) < 1e-6 else ' (a tie)'}"
    return f"{wording.money(abs(more), scene.currency)} {'more' if more > 0 else 'less'} than by {words}"
