"""`make bench`: how far the score of a miss and the advice to stop can be trusted, and how fast value is
counted. `python benchmarks/value.py [score|stop|time …]` runs some.

score: benefits given a score, and how many of them are truly under the line. stop: what is planted hopeless
and healthy in progress (watermelon_cases.py). time: ratio to reading the same rows from CSV, in one process.
Results are kept in benchmarks/results/value.json.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import Line, judged  # noqa: E402
from benchmarks.watermelon import side_by_side  # noqa: E402
from benchmarks.watermelon_cases import Cases, cases  # noqa: E402
from vmo_helpers.measures import decisions, flow, funding, outcomes, status, value  # noqa: E402
from vmo_helpers.portfolio import Portfolio, Settings  # noqa: E402
from vmo_helpers.tables import portfolio_of  # noqa: E402
from vmo_helpers.thresholds import Thresholds  # noqa: E402
from vmo_helpers.vocabulary import Recommendation  # noqa: E402
from vmo_helpers.window import review_window  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "value.json"
SEEDS, LIMITS = 20, Thresholds()
SPREAD = (0.3, 1.3)
BANDS = ((0.1, 0.3), (0.4, 0.6), (0.7, 0.9))
OFF = 0.12
HOPELESS = 0.4
BENEFITS, REALISATIONS, ITEMS = 100_000, 36, 20_000


def score() -> list[Line]:
    """20 portfolios of 300 items that reach between .3 and 1.3 of their plan, as of the end."""
    given, truly = [], []
    for seed in range(SEEDS):
        made = cases(seed, spread=SPREAD)
        tested = outcomes.tests(_inside(made.portfolio), made.months[-1], LIMITS)
        known = tested["chance_under"].notna()
        item = tested.loc[known, "item_id"].str.removeprefix("E-").astype("int64")
        given.append(tested.loc[known, "chance_under"].to_numpy())
        truly.append(made.level[item] < LIMITS.attainment_line)
    scores, under = np.concatenate(given), np.concatenate(truly)
    lines = []
    for low, high in BANDS:
        mine = (scores >= low) & (scores < high)
        gap = abs(under[mine].mean() - scores[mine].mean())
        words = f"score {low:g}–{high:g}: share truly under the line, off by ({int(mine.sum())} benefits)"
        lines.append(Line(words, float(gap), OFF, at_least=False))
        lines.append(Line(f"score {low:g}–{high:g}: share truly under the line", float(under[mine].mean())))
    return lines


def stop() -> list[Line]:
    """20 portfolios of 300 items in progress past their planned end: who is told to stop."""
    stopped = {"healthy": [0, 0], "hopeless": [0, 0]}
    for seed in range(SEEDS):
        made = cases(seed)
        verdict = _advised(_in_progress(made))
        told = verdict.eq(Recommendation.STOP).to_numpy()
        for name, among in (
            ("healthy", ~made.bad),
            ("hopeless", made.bad & (made.level < HOPELESS) & ~made.decays),
        ):
            stopped[name][0] += int((told & among).sum())
            stopped[name][1] += int(among.sum())
    shares = {name: hit / of for name, (hit, of) in stopped.items()}
    return [
        Line(f"“stop” on {stopped['healthy'][1]} healthy items", shares["healthy"], 0.02, at_least=False),
        Line(f"“stop” on {stopped['hopeless'][1]} that reach under {HOPELESS:g}", shares["hopeless"], 0.80),
    ]


def timed() -> list[Line]:
    """Medians of five runs in one process, counted and reference in turn."""
    with tempfile.TemporaryDirectory() as folder:
        files = _many(Path(folder))
        portfolio = _of(files)
        reading, counting = side_by_side(lambda: _bare(files), lambda: _counted(portfolio))
    words = f"{BENEFITS:,} benefits × {REALISATIONS}, 100,000 spend rows: counting ÷ reading their CSV"
    return [
        Line(words, counting / reading, 4.0, at_least=False),
        Line("seconds of counting", counting),
        Line("seconds of reading", reading),
    ]


def _inside(portfolio: Portfolio) -> outcomes.Inside:
    return value.inside(portfolio, flow.read(portfolio), attainment_line=LIMITS.attainment_line)


def _in_progress(made: Cases) -> Portfolio:
    """The same items not yet delivered, each with twice as much value planned as it still costs."""
    tables = dict(made.portfolio.tables)
    items = tables["work_items"]
    tables["work_items"] = items.assign(
        planned_end=items["delivered_at"].dt.tz_localize(None).dt.normalize(),
        started_at=items["created_at"],
        delivered_at=pd.Series(pd.NaT, items.index, dtype=items["delivered_at"].dtype),
        planned_cost=100.0,
    )
    count = tables["benefits"].groupby("item_id")["benefit_id"].transform("size")
    tables["benefits"] = tables["benefits"].assign(planned_value=200.0 / count)
    return replace(made.portfolio, tables=tables)


def _advised(portfolio: Portfolio) -> pd.Series:
    """The verdict of each item, in the order of ``work_items``."""
    assert portfolio.as_of is not None
    log, window = flow.read(portfolio), review_window(portfolio.as_of, None, "UTC")
    inside = _inside(portfolio)
    tested = outcomes.tests(inside, portfolio.as_of, LIMITS)
    money = value.money(portfolio, log, value.benefits(portfolio, log, tested))
    clocks = outcomes.three_clocks(
        inside, log, tested, adoption_hold_observations=LIMITS.adoption_hold_observations
    )
    known = (status.items(portfolio, log, inside, LIMITS), value.scores(portfolio), clocks)
    costs = funding.streams(portfolio, window), decisions.waiting_cost(portfolio)
    advised = value.recommendations(money, *known, *costs, stop_ratio=LIMITS.stop_ratio)
    return advised.set_index("item_id")["verdict"].reindex(portfolio.work_items["item_id"])


def _many(folder: Path) -> dict[str, Path]:
    """CSV files of benefits, their realisations and spend."""
    rng = np.random.default_rng(1)
    ids = np.char.add("B-", np.arange(BENEFITS).astype(str))
    items = np.char.add("E-", (np.arange(BENEFITS) % ITEMS).astype(str))
    ends = pd.date_range("2023-01-31", periods=REALISATIONS, freq="ME").strftime("%Y-%m-%d").to_numpy()
    months = pd.date_range("2023-01-01", periods=REALISATIONS, freq="MS").strftime("%Y-%m-%d").to_numpy()
    frames = {
        "benefits": pd.DataFrame(
            {
                "benefit_id": ids,
                "item_id": items,
                "metric_id": None,
                "baseline": 50.0,
                "target": 60.0,
                "due": "2024-06-30",
                "lag_days": 60.0,
                "planned_value": rng.integers(10, 900, BENEFITS) * 1000.0,
                "value_type": rng.choice(["revenue", "cost", "risk"], BENEFITS),
            }
        ),
        "realisations": pd.DataFrame(
            {
                "benefit_id": np.repeat(ids, REALISATIONS),
                "at": np.tile(ends, BENEFITS),
                "value": rng.integers(0, 9000, BENEFITS * REALISATIONS).astype(np.float64),
            }
        ),
        "spend": pd.DataFrame(
            {
                "period": rng.choice(months, 100_000),
                "amount": rng.uniform(10, 9000, 100_000).round(2),
                "item_id": rng.choice(items, 100_000),
                "kind": "actual",
            }
        ),
    }
    files = {name: folder / f"{name}.csv" for name in frames}
    for name, frame in frames.items():
        frame.to_csv(files[name], index=False)
    return files


_DAYS = {"benefits": ["due"], "realisations": ["at"], "spend": ["period"]}


def _bare(files: dict[str, Path]) -> list[pd.DataFrame]:
    return [pd.read_csv(file, parse_dates=_DAYS[name]) for name, file in files.items()]


def _of(files: dict[str, Path]) -> Portfolio:
    names = np.char.add("E-", np.arange(ITEMS).astype(str))
    tables = {
        name: pd.read_csv(file, dtype={"benefit_id": "str", "item_id": "str"}) for name, file in files.items()
    }
    tables["work_items"] = pd.DataFrame(
        {
            "item_id": names,
            "title": names,
            "level": "epic",
            "created_at": "2022-06-01",
            "delivered_at": "2023-01-15",
        }
    )
    whole = portfolio_of(tables, Settings(review_level="epic"))
    return replace(whole, as_of=pd.Timestamp("2025-12-31T23:59:59", tz="UTC"))


def _counted(portfolio: Portfolio) -> pd.DataFrame:
    """All that the deck counts of benefits and money."""
    log = flow.read(portfolio)
    inside = value.inside(portfolio, log, attainment_line=LIMITS.attainment_line)
    benefits = value.benefits(portfolio, log, outcomes.tests(inside, log.as_of, LIMITS))
    money = value.money(portfolio, log, benefits)
    value.realisation(benefits)
    value.realised_by_stream(portfolio, benefits)
    return value.by_stream(money)


PARTS: dict[str, tuple[str, Callable[[], list[Line]]]] = {
    "score": (f"the score of a miss against the truth, {SEEDS} seeds", score),
    "stop": (f"the advice to stop, {SEEDS} seeds", stop),
    "time": ("time, medians of five in one process", timed),
}


def main(names: Sequence[str]) -> int:
    """Run the parts named (none: all), print what was asked and measured, keep the results; 1 when one is
    missed or could not be measured, after all have run."""
    return judged(names, PARTS, RESULTS, {})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
