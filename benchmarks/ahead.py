"""`make bench`: how far forecasts, warnings and the order of work can be trusted, and how fast they are.
`python benchmarks/ahead.py [completion|bottleneck|sequence|orders|speed …]` runs some.

completion: promises kept on a real help desk and on six kinds of seeded series, beside independent
resampling. bottleneck: planted bottlenecks (ahead_queues.py), beside peers' rules. sequence: brute force and
Smith's rule. orders: weighted tardiness of the OR-Library against its optimal values. Results are kept in
benchmarks/results/ahead.json. The real data need VMO_REAL_DATA.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import ahead_bottleneck, ahead_queues  # noqa: E402
from benchmarks.measuring import Line, judged  # noqa: E402
from tests.forecasts.test_sequence import cheapest, work_of  # noqa: E402
from vmo_helpers import forecasts, sources  # noqa: E402
from vmo_helpers.forecasts import bounds, completion, models, sequence  # noqa: E402
from vmo_helpers.forecasts.places import places  # noqa: E402
from vmo_helpers.forecasts.sequence import Work  # noqa: E402
from vmo_helpers.measures import flow  # noqa: E402
from vmo_helpers.sample import write_sample  # noqa: E402
from vmo_helpers.window import review_window  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "ahead.json"
HISTORIES, HORIZONS = (10, 26, 52), (4, 12, 26)
SEEDS, WEEKS, FIRST, STEP = 6, 208, 104, 13
Floats = models.Floats


def series() -> Iterator[tuple[str, Floats]]:
    """Six kinds of weekly counts, each of six seeds: name, counts."""
    for seed in range(SEEDS):
        rng = np.random.default_rng([seed, 77])
        rate = float(rng.uniform(2, 8))
        noise = np.zeros(WEEKS)
        for week in range(1, WEEKS):
            noise[week] = 0.7 * noise[week - 1] + rng.normal(0, 0.25)
        year = np.arange(WEEKS) % 52
        holiday = np.where(year < 3, 0.3, np.where((year >= 28) & (year < 32), 0.6, 1.0))
        steady = rng.poisson(rate, WEEKS)
        batch = np.where(
            np.arange(WEEKS) % 10 == 9, rng.poisson(rate * 5, WEEKS), rng.poisson(rate / 2, WEEKS)
        )
        made = {
            "Poisson": steady,
            "negative binomial": rng.negative_binomial(rate / 2, 1 / 3, WEEKS),
            "AR(1)": rng.poisson(rate * np.exp(noise)),
            "holiday": rng.poisson(rate * holiday),
            "batches": batch,
            "drift": rng.poisson(rate * np.exp(np.linspace(0, rng.uniform(-0.7, 0.7), WEEKS))),
        }
        yield from ((name, counts.astype(np.float64)) for name, counts in made.items())


def help_desk() -> Iterator[tuple[str, Floats]]:
    """Finishes a week of each product of a help desk, and of all."""
    portfolio = sources.load(Path(os.environ["VMO_REAL_DATA"]) / "bpic2013_incidents" / "portfolio")
    fact = sources.latest_fact(portfolio)
    assert fact is not None
    window = review_window(fact.at, None, portfolio.settings.timezone)
    known = portfolio.known_at(window.end)
    items = flow.items(flow.read(known), window)
    yield from (("help desk", one.finished) for one in places(items, window))


def completed() -> list[Line]:
    """ "85 %: at least k", as the deck would have promised it, against what came."""
    real = help_desk() if "VMO_REAL_DATA" in os.environ else iter(())
    kept: dict[tuple[str, int, int], list[bool]] = {}
    loss: list[tuple[float, float]] = []
    for name, counts in (*series(), *real):
        first = FIRST if name != "help desk" else completion.FIRST_ORIGIN
        for history in HISTORIES:
            for horizon in HORIZONS:
                for origin in range(max(first, history), len(counts) - horizon + 1, STEP):
                    record, came = counts[:origin], counts[origin : origin + horizon].sum()
                    past = record[-history:]
                    if completion.too_few(past) is not None:
                        continue
                    model = completion.tested(record, horizon, 1, history).model
                    ours, theirs = (
                        completion.at_least(
                            one(past, horizon, 4_000, np.random.default_rng([origin])).sum(axis=1)
                        )
                        for one in (model, models.resampled)
                    )
                    kept.setdefault((name, history, horizon), []).append(bool(came >= ours))
                    loss.append((_pinball(came, ours), _pinball(came, theirs)))
    cells = [
        np.mean([hit for key, hits in kept.items() if key[1:] == (history, horizon) for hit in hits])
        for history in HISTORIES
        for horizon in HORIZONS
    ]
    mine, other = np.sum(loss, axis=0)
    names = dict.fromkeys(key[0] for key in kept)
    desk = sum(len(hits) for key, hits in kept.items() if key[0] == "help desk")
    return [
        Line("promises of 85 % kept, mean of nine cells (at least)", float(np.mean(cells)), 0.80),
        Line("promises of 85 % kept, mean of nine cells (at most)", float(np.mean(cells)), 0.92, False),
        Line("… the cell (history × horizon) with the fewest kept", float(np.min(cells)), 0.74),
        Line("pinball loss ÷ that of independent resampling", float(mine / other), 0.98, False),
        Line("… forecasts of the help desk (0: it finished in too few weeks)", float(desk)),
        *(
            Line(
                f"… kept, {name}",
                float(np.mean([hit for key, hits in kept.items() if key[0] == name for hit in hits])),
            )
            for name in names
        ),
    ]


def _pinball(came: float, said: float, share: float = 0.15) -> float:
    return float((came - said) * (share - (came < said)))


def warned() -> list[Line]:
    """The generator against theory, then the warnings."""
    residence, little = ahead_queues.self_check()
    return [
        Line("single server: residence ÷ Pollaczek–Khinchine", residence),
        Line("Little's law, L ÷ λW (1.00 ± .02)", abs(little - 1), 0.02, False),
        *ahead_bottleneck.lines(),
    ]


def searched() -> list[Line]:
    """Every order of a hundred small cases, and Smith's rule on one place."""
    exact = [abs(sequence.search(one)[0].cost - cheapest(one)) < 1e-6 for one in map(work_of, range(100))]
    smith = []
    for seed in range(20):
        work = _tardy(np.random.default_rng(seed).integers(1, 30, (3, 30)).astype(np.float64), linear=True)
        smith.append(sequence.search(work, rounds=2)[0].cost <= sequence.cd3(work).cost * (1 + 1e-12))
    return [
        Line("small cases whose best order was found, of 100", float(sum(exact)), 100),
        Line("one place, linear costs: Smith's rule, of 20", float(sum(smith)), 20),
    ]


def _tardy(rows: Floats, *, linear: bool = False) -> Work:
    """Lengths, weights and due dates of jobs on one machine."""
    n = rows.shape[1]
    due = np.full(n, np.inf) if linear else rows[2]
    return Work(
        weeks=rows[0],
        per_week=rows[1],
        due=due,
        late=np.zeros(n),
        dated=np.full(n, not linear),
        decay=np.zeros(n),
        stream=np.zeros(n, dtype=np.int64),
        free=((0.0,),),
    )


def ordered() -> list[Line]:
    """Weighted tardiness: 125 instances of 40 and of 50 jobs."""
    folder, lines = Path(os.environ["VMO_REAL_DATA"]) / "or_library_wt", []
    for jobs in (40, 50):
        numbers = np.array((folder / f"wt{jobs}.txt").read_text().split(), dtype=np.float64).reshape(
            -1, 3, jobs
        )
        best = np.array((folder / f"wtopt{jobs}.txt").read_text().split(), dtype=np.float64)
        begun = time.process_time()
        found = np.array([sequence.search(_tardy(one))[0].cost for one in numbers])
        seconds = (time.process_time() - begun) / len(numbers)
        gap = np.divide(found - best, best, out=(found - best), where=best > 0)
        lines += [
            Line(f"wt{jobs}: optimal, of 125", float((gap <= 1e-9).sum()), 100),
            Line(f"wt{jobs}: largest gap, %", 100 * float(gap.max()), 0.5, False),
            Line(f"wt{jobs}: CPU seconds an instance", seconds, 3, False),
        ]
    return lines


def timed() -> list[Line]:
    """A million trials, fifty items, a hundred thousand items."""
    history = np.random.default_rng(1).poisson(4, 52).astype(np.float64)
    trials = _seconds(lambda: models.totals(history, 12, 1_000_000, np.random.default_rng(1)))
    rng = np.random.default_rng(2)
    work = Work(
        weeks=rng.integers(2, 30, 50).astype(np.float64),
        per_week=rng.uniform(1, 50, 50),
        due=np.where(rng.random(50) < 0.3, rng.integers(5, 90, 50), np.inf),
        late=np.where(rng.random(50) < 0.1, 300.0, 0.0),
        dated=rng.random(50) < 0.3,
        decay=np.zeros(50),
        stream=rng.integers(0, 3, 50),
        free=((0.0, 4.0), (0.0, 2.0, 9.0), (1.0,)),
        needs=tuple((int(b), int(a)) for a, b in rng.integers(0, 50, (12, 2)) if a < b),
    )
    found: list[sequence.Plan] = []
    fifty = _seconds(lambda: found.extend(sequence.search(work)))
    least = bounds.bound(work)
    rules = [rule(work).cost for rule in (sequence.first_come, sequence.value_first, sequence.cd3)]
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder), items=100_000, parquet=True)
        portfolio = sources.load(Path(folder))
        fact = sources.latest_fact(portfolio)
        assert fact is not None
        window = review_window(fact.at, None, portfolio.settings.timezone)
        known = portfolio.known_at(window.end)
        log = flow.read(known)
        items = flow.items(log, window)
        usual = _seconds(
            lambda: flow.figures(flow.read(known), flow.items(flow.read(known), window), window, known)
        )
        watched = _seconds(lambda: forecasts.stages(log, items, window))
    return [
        Line("a million trials of twelve weeks, CPU seconds", trials, 1, False),
        Line("50 items in order, CPU seconds", fifty, 5, False),
        *(
            Line(f"{name} over ours, %", 100 * (cost / found[0].cost - 1))
            for name, cost in zip(("first come", "value first", "CD3"), rules, strict=True)
        ),
        Line("the gap that the bound leaves, %", 100 * (1 - least / found[0].cost)),
        Line("warnings over 100,000 items ÷ the flow figures", watched / usual, 3, False),
    ]


def _seconds(job: Callable[[], object]) -> float:
    """CPU seconds: what else runs on the machine does not count."""
    begun = time.process_time()
    job()
    return time.process_time() - begun


PARTS: dict[str, tuple[str, Callable[[], list[Line]]]] = {
    "completion": ("promises of 85 % on a help desk and six kinds of series", completed),
    "bottleneck": ("planted bottlenecks, three weeks before lead time is hurt", warned),
    "sequence": ("every order there is, and Smith's rule", searched),
    "orders": ("OR-Library, weighted tardiness", ordered),
    "speed": ("CPU seconds in one process", timed),
}


def main(names: Sequence[str]) -> int:
    """Run the parts named (none: all); 1 when one is missed or could not be measured."""
    absent = {} if "VMO_REAL_DATA" in os.environ else {"orders": "VMO_REAL_DATA names no folder"}
    return judged(names, PARTS, RESULTS, absent)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
