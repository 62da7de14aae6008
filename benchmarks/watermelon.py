"""`make bench`: how well watermelons are found, and how fast. `python benchmarks/watermelon.py
[synthetic|designs|sound|world_bank|time …]` runs some.

synthetic: planted truth (watermelon_cases.py), every month a chance for a false alarm, beside the rules that
people use.
designs: the same in worlds that depart from the plan (watermelon_cases.Design). sound: what that word means.
world_bank: 4,205 closed projects with the verdict of independent evaluators; needs VMO_REAL_DATA. time:
ratios to reading the same rows from CSV, in one process. Results are kept in
benchmarks/results/watermelon.json.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import Line, judged  # noqa: E402
from benchmarks.watermelon_cases import MONTHS, Cases, Design, cases  # noqa: E402
from vmo_helpers.measures import flow, outcomes, status  # noqa: E402
from vmo_helpers.measures.flow.arrays import micros  # noqa: E402
from vmo_helpers.measures.outcomes.attainment import BORROWED, attainment  # noqa: E402
from vmo_helpers.portfolio import Portfolio  # noqa: E402
from vmo_helpers.sources import latest_fact, load  # noqa: E402
from vmo_helpers.tables import portfolio_of  # noqa: E402
from vmo_helpers.thresholds import Thresholds  # noqa: E402
from vmo_helpers.vocabulary import Outside, Suffix, Tier  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "watermelon.json"
SEEDS = 20
LIMITS = Thresholds()
# what is asked of a design: at least this recall, at most these healthy flagged
ASKED = {
    (Design.QUARTERLY, "red", "any month"): (0.75, 0.02),
    (Design.SECOND_MONTH, "red", "any month"): (0.80, 0.02),
    (Design.COUNTS, "red", "any month"): (0.85, 0.03),
    (Design.STEP, "board", "any month"): (0.70, 0.01),
    (Design.DELAYED, "board", "any month"): (0.70, 0.01),
    (Design.LOWERED, "red", "the end"): (0.85, 0.02),
    (Design.POSTPONED, "red", "the end"): (0.85, 0.02),
}
RED, BOARD = (list(Tier).index(tier) for tier in (Tier.RED, Tier.BOARD))


@dataclass
class Tally:
    """Items flagged at any month, bad and healthy, and how many there were."""

    bad: int = 0
    healthy: int = 0
    of_bad: int = 0
    of_healthy: int = 0

    def add(self, flagged: np.ndarray, made: Cases) -> None:
        """``flagged``: items × months; scored on those reported green."""
        ever = flagged.any(axis=1)
        self.bad += int((ever & made.bad & made.green).sum())
        self.healthy += int((ever & ~made.bad & made.green).sum())
        self.of_bad += int((made.bad & made.green).sum())
        self.of_healthy += int((~made.bad & made.green).sum())

    @property
    def precision(self) -> float:
        return self.bad / max(self.bad + self.healthy, 1)

    @property
    def recall(self) -> float:
        return self.bad / max(self.of_bad, 1)

    @property
    def alarms(self) -> float:
        return self.healthy / max(self.of_healthy, 1)


def synthetic() -> list[Line]:
    """20 seeds of 300 items and 30 months; truth from the generation alone."""
    red, board, lagged, weaker, as_written = Tally(), Tally(), Tally(), Tally(), (Tally(), Tally())
    rules = {"below the straight line": Tally(), "latest value with lag": Tally(), "two in a row": Tally()}
    warning: list[int] = []
    for seed in range(SEEDS):
        made = cases(seed)
        inside = _inside(made)
        tier = _tiers(made, inside)
        red.add(tier >= RED, made)
        board.add(tier >= BOARD, made)
        plain = _tiers(made, inside, borrowed=0)
        as_written[0].add(plain >= RED, made)
        as_written[1].add(plain >= BOARD, made)
        for name, flags in _rules(made, inside).items():
            rules[name].add(flags, made)
        found = (tier >= RED).any(axis=1) & made.bad & made.green
        warning += (made.due_month - (tier >= RED).argmax(axis=1))[found].tolist()
        other = cases(seed, lag_error=3)
        lagged.add(_tiers(other, _inside(other)) >= BOARD, other)
        half = cases(seed, between=True)
        weaker.add(_tiers(half, _inside(half)) >= RED, half)
    lines = [
        Line("tier red, precision", red.precision, 0.95),
        Line("tier red, recall", red.recall, 0.85),
        Line("tier red, healthy items ever flagged", red.alarms, 0.03, at_least=False),
        Line("tier board, precision", board.precision, 0.98),
        Line("tier board, recall", board.recall, 0.75),
        Line("tier board, precision with the lag mis-stated by 3 months", lagged.precision, 0.95),
        Line("months of warning before due, median (negative: after)", statistics.median(warning)),
        Line("share of the found that are found before due", float(np.mean(np.array(warning) > 0))),
        Line("tier red, recall for attainment .6–.8", weaker.recall),
    ]
    for name, tally in rules.items():
        lines.append(Line(f"rule “{name}”, precision", tally.precision))
        lines.append(Line(f"rule “{name}”, recall", tally.recall))
        lines.append(Line(f"rule “{name}”, healthy items ever flagged", tally.alarms))
    lines += [
        Line(
            f"without noise lent from before the effect (here: {BORROWED} degrees), red recall",
            as_written[0].recall,
        ),
        Line("the same, board recall", as_written[1].recall),
        Line("the same, healthy items ever flagged", as_written[0].alarms),
    ]
    return lines


def designs() -> list[Line]:
    """Ten seeds of each design: recall and healthy items flagged, red and board, at any month and as of the
    end."""
    lines = []
    for design in Design:
        tallies = {(name, when): Tally() for name in ("red", "board") for when in ("any month", "the end")}
        for seed in range(SEEDS // 2):
            made = cases(100 + seed, design=design)
            tier = _tiers(made, _inside(made))
            for (name, when), tally in tallies.items():
                loud = tier >= (RED if name == "red" else BOARD)
                tally.add(loud if when == "any month" else loud[:, -1:], made)
        for (name, when), tally in tallies.items():
            least, most = ASKED.get((design, name, when), (None, None))
            lines.append(Line(f"{design}: {name}, {when}, recall of {tally.of_bad}", tally.recall, least))
            flagged = f"{design}: {name}, {when}, flagged of {tally.of_healthy} healthy"
            lines.append(Line(flagged, tally.alarms, most, at_least=False))
    return lines


def sound() -> list[Line]:
    """What is called sound as of the end: how many of the healthy, and how many bad are among them."""
    lines = []
    for between in (False, True):
        counts = {word: [0, 0] for word in ("green", "open", "red")}
        for seed in range(SEEDS // 2):
            made = cases(100 + seed, between=between)
            inside = _inside(made)
            tested = outcomes.tests(inside, made.months[-1], LIMITS)
            words = outcomes.items(inside, tested, LIMITS)["inside"].to_numpy()
            for word, (healthy, bad) in counts.items():
                mine = words == word
                counts[word] = [healthy + int((mine & ~made.bad).sum()), bad + int((mine & made.bad).sum())]
        of = "attainment .6–.8" if between else "attainment under .55, or decaying"
        healthy, bad = counts["green"]
        lines += [
            Line(f"bad among the sound ({of})", bad / max(healthy + bad, 1), 0.05, at_least=False),
            Line(
                f"bad among what is not red ({of})",
                (bad + counts["open"][1]) / max(sum(map(sum, (counts["green"], counts["open"]))), 1),
            ),
            Line("healthy that are shown sound", healthy / max(sum(each[0] for each in counts.values()), 1)),
        ]
    return lines


def world_bank() -> list[Line]:
    """Closed real projects that delivery facts call green, against the evaluators' verdict."""
    folder = _world_bank_folder()
    portfolio = load(folder / "portfolio")
    portfolio = _today(portfolio)
    items = _judged(portfolio)
    truth = pd.read_csv(folder / "truth.csv", dtype={"item_id": "str"}).set_index("item_id")["red_inside"]
    green = items[items["outside"].eq(Outside.GREEN)]
    red = green["item_id"].map(truth).to_numpy(dtype=bool)
    suspicion = green["suspicion"].to_numpy()
    shrunk = (
        green["suffixes"].str.split(";").map(lambda parts: str(Suffix.SHRUNK) in parts).to_numpy(dtype=bool)
    )
    highest = np.argsort(-suspicion, kind="stable")[:100]
    return [
        Line("projects that delivery facts call green", float(len(green))),
        Line("of them red inside", float(red.mean())),
        Line("AUC of suspicion", _auc(suspicion, red), 0.785),
        Line("precision among the 100 highest", float(red[highest].mean()), 0.77),
        Line("suffix shrunk, precision", float(red[shrunk].mean()), 0.65),
        Line("suffix shrunk, recall", float(shrunk[red].mean()), 0.60),
    ]


def timed() -> list[Line]:
    """Medians of five runs in one process, judged and reference in turn."""
    lines = []
    if "VMO_REAL_DATA" in os.environ:
        folder = _world_bank_folder() / "portfolio"
        whole = load(folder)
        portfolio = _today(whole)
        reading, judging = side_by_side(lambda: load(folder), lambda: _judged(portfolio))
        lines.append(Line("4,205 items: judging ÷ reading their CSV", judging / reading, 3.0, at_least=False))
        bare, _ = side_by_side(
            lambda: [pd.read_csv(file) for file in sorted(folder.glob("*.csv"))], lambda: None
        )
        lines.append(Line("4,205 items: judging ÷ pandas.read_csv alone, nothing checked", judging / bare))
        lines.append(Line("4,205 items: seconds of judging", judging))
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "observations.csv"
        portfolio, months = _many_metrics(file)
        reading, judging = side_by_side(
            lambda: pd.read_csv(file, engine="pyarrow", parse_dates=["at"]),
            lambda: _every_month(portfolio, months),
        )
        lines.append(
            Line(
                "100,000 metrics × 36: every month's tier ÷ reading their CSV",
                judging / reading,
                10.0,
                at_least=False,
            )
        )
        lines.append(Line("100,000 metrics × 36: seconds of judging", judging))
    return lines


def _inside(made: Cases) -> outcomes.Inside:
    return outcomes.read(made.portfolio, flow.read(made.portfolio), attainment_line=LIMITS.attainment_line)


def _tiers(made: Cases, inside: outcomes.Inside, borrowed: int = BORROWED) -> np.ndarray:
    """Items × months: the tier as of every month, from the observations dated by then."""
    if borrowed != BORROWED:
        inside = replace(
            inside, exposed=attainment(inside.observed, inside.tests, LIMITS.attainment_line, borrowed)
        )
    return _every_tier(inside, made.months)


def _every_tier(inside: outcomes.Inside, months: pd.DatetimeIndex) -> np.ndarray:
    """Items × months: the tier as of every month."""
    p, firm = (
        outcomes.simes(
            outcomes.readings(exposed, inside.plans, inside.assessable, micros(pd.Series(months))).p,
            inside.item,
            len(inside.work),
        )
        for exposed in (inside.exposed, inside.firm)
    )
    return outcomes.tiers(
        p,
        firm=firm,
        red_p=LIMITS.watermelon_red_p,
        watch_p=LIMITS.watermelon_watch_p,
        rate=LIMITS.board_false_discovery_rate,
    )


def _rules(made: Cases, inside: outcomes.Inside) -> dict[str, np.ndarray]:
    """What people do by hand, per item and month: an item is flagged when one of its metrics is."""
    seen = inside.observed
    month = np.searchsorted(micros(pd.Series(made.months)), seen.at)
    frame = inside.frame
    start, due = micros(frame["start_at"])[seen.test], inside.plans.due_at[seen.test]
    baseline = frame["baseline"].to_numpy()[seen.test]
    progress = (inside.values - baseline) / (frame["target"].to_numpy()[seen.test] - baseline)
    straight = np.clip((seen.at - start) / (due - start), 0, 1)
    short = (seen.planned >= 0.25) & (progress < LIMITS.attainment_line * seen.planned)
    again = short & np.r_[False, short[:-1] & (seen.test[1:] == seen.test[:-1])]
    flags = {
        "below the straight line": (seen.at > start) & (progress < straight),
        "latest value with lag": short,
        "two in a row": again,
    }
    found = {}
    for name, flag in flags.items():
        table = np.zeros((len(inside.work), MONTHS), dtype=bool)
        table[inside.item[seen.test[flag]], month[flag]] = True
        found[name] = table
    return found


def _today(whole: Portfolio) -> Portfolio:
    fact = latest_fact(whole)
    assert fact is not None
    return whole.known_at(fact.at)


def _judged(portfolio: Portfolio) -> pd.DataFrame:
    log = flow.read(portfolio)
    return status.items(
        portfolio, log, outcomes.read(portfolio, log, attainment_line=LIMITS.attainment_line), LIMITS
    )


def _many_metrics(
    file: Path, metrics: int = 100_000, readings: int = 36
) -> tuple[Portfolio, pd.DatetimeIndex]:
    rng = np.random.default_rng(1)
    at = pd.date_range("2022-01-31T12:00", periods=readings, freq="ME", tz="UTC")
    ids, item_ids = (
        np.char.add("M-", np.arange(metrics).astype(str)),
        np.char.add("E-", np.arange(metrics).astype(str)),
    )
    plan = np.clip((np.arange(readings) - 14) / 10, 0, 1)
    value = 50 + 10 * plan * rng.uniform(0.1, 1.2, (metrics, 1)) + rng.normal(0, 2, (metrics, readings))
    stamps = np.tile(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_numpy(), metrics)
    pd.DataFrame(
        {"metric_id": np.repeat(ids, readings), "at": stamps, "value": value.round(3).ravel()}
    ).to_csv(file, index=False)
    tables = {
        "work_items": pd.DataFrame(
            {
                "item_id": item_ids,
                "title": item_ids,
                "level": "epic",
                "created_at": "2021-01-01",
                "delivered_at": "2023-01-15",
            }
        ),
        "metrics": pd.DataFrame(
            {"metric_id": ids, "name": ids, "unit": "points", "direction": "increase", "kind": "outcome"}
        ),
        "observations": pd.read_csv(file, dtype={"metric_id": "str"}),
        "benefits": pd.DataFrame(
            {
                "benefit_id": ids,
                "item_id": item_ids,
                "metric_id": ids,
                "baseline": 50.0,
                "target": 60.0,
                "due": "2024-02-01",
                "lag_days": 60.0,
            }
        ),
    }
    return replace(portfolio_of(tables), as_of=at[-1]), at


def _every_month(portfolio: Portfolio, months: pd.DatetimeIndex) -> np.ndarray:
    inside = outcomes.read(portfolio, flow.read(portfolio), attainment_line=LIMITS.attainment_line)
    return _every_tier(inside, months)


def side_by_side(
    reference: Callable[[], object], judged: Callable[[], object], runs: int = 5
) -> tuple[float, float]:
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + 1):  # the first warms up
        for times, job in zip(spent, (reference, judged), strict=True):
            begun = time.perf_counter()
            job()
            times.append(time.perf_counter() - begun)
    return statistics.median(spent[0][1:]), statistics.median(spent[1][1:])


def _world_bank_folder() -> Path:
    return Path(os.environ["VMO_REAL_DATA"]) / "world_bank"


def _auc(score: np.ndarray, truth: np.ndarray) -> float:
    rank = pd.Series(score).rank().to_numpy()
    positive = int(truth.sum())
    return float((rank[truth].sum() - positive * (positive + 1) / 2) / (positive * (len(truth) - positive)))


PARTS: dict[str, tuple[str, Callable[[], list[Line]]]] = {
    "synthetic": (f"planted truth, {SEEDS} seeds, a flag at any month counts", synthetic),
    "designs": (f"worlds that depart from the plan, {SEEDS // 2} seeds each", designs),
    "sound": (f"what sound means, {SEEDS // 2} seeds, as of the end", sound),
    "world_bank": ("closed real projects, called green by delivery facts", world_bank),
    "time": ("time, medians of five in one process", timed),
}


def main(names: Sequence[str]) -> int:
    """Run the parts named (none: all), print what was asked and measured, keep the results; 1 when one is
    missed or could not be measured, after all have run."""
    needs = {} if "VMO_REAL_DATA" in os.environ else {"world_bank": "VMO_REAL_DATA names no folder"}
    return judged(names, PARTS, RESULTS, needs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
