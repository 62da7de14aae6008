"""The flow job in tools that people use, run by a Python of their own: `other_tools.py
pm4py|flowpulse|started_closed FOLDER START END`.

pm4py gives case durations, the performance graph, rework and cycle time of an event log. FlowPulse reads a
CSV of items with the days they started and closed and draws its charts; ``flowpulse_bare`` is the same
without writing the pictures, so that no drawing of files is in its time. Each prints its seconds as JSON; the
start of Python and imports are outside.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path


def with_pm4py(folder: Path, start: str, end: str) -> Callable[[], dict[str, float]]:
    """Durations, performance graph, rework and cycle time of the transitions known at the window's end."""
    import pandas as pd
    import pm4py

    def job() -> dict[str, float]:
        log = pd.read_parquet(folder / "transitions.parquet", columns=["item_id", "at", "to_state"])
        log["at"] = pd.to_datetime(log["at"], utc=True)
        log = log[log["at"] <= pd.Timestamp(end)]
        log = pm4py.format_dataframe(log, case_id="item_id", activity_key="to_state", timestamp_key="at")
        durations = pm4py.get_all_case_durations(log)
        graph, _, _ = pm4py.discover_performance_dfg(log)
        rework = pm4py.get_rework_cases_per_activity(log)
        return {
            "cases": len(durations),
            "edges": len(graph),
            "reworked": sum(rework.values()),
            "cycle": float(pm4py.get_cycle_time(log)),
        }

    return job


def started_closed(folder: Path, end: str) -> None:
    """What FlowPulse reads: an item's first start and its last end, as days."""
    import pandas as pd

    moves = pd.read_parquet(folder / "transitions.parquet", columns=["item_id", "at", "to_state"])
    classes = pd.read_parquet(folder / "states.parquet").drop_duplicates("state").set_index("state")["class"]
    moves = moves.assign(at=pd.to_datetime(moves["at"], utc=True), held=moves["to_state"].map(classes))
    moves = moves[moves["at"] <= pd.Timestamp(end)].sort_values(["item_id", "at"], kind="stable")
    last = moves.drop_duplicates("item_id", keep="last").set_index("item_id")
    days = pd.DataFrame(
        {
            "started": moves[moves["held"].isin(["active", "wait"])].groupby("item_id")["at"].min(),
            "closed": last.loc[last["held"].eq("done"), "at"],
        }
    )
    days = days.dropna(subset="started").apply(lambda column: column.dt.strftime("%Y-%m-%d"))
    days.to_csv(folder / "started_closed.csv", index_label="item_id")


def with_flowpulse(
    folder: Path, start: str, end: str, *, pictures: bool = True
) -> Callable[[], dict[str, float]]:
    """Its CSV reader and every chart that needs no estimates, without labels, as in its example
    configuration."""
    import matplotlib

    matplotlib.use("Agg")
    from flowpulse.services import FlowMetricsService as metrics
    from flowpulse.services.CsvService import CsvService
    from flowpulse.services.WorkItemFilterService import WorkItemFilterService

    if not pictures:
        metrics.plt.savefig = lambda *_: None
    today = datetime.fromisoformat(end).replace(tzinfo=None)
    history = (today - datetime.fromisoformat(start).replace(tzinfo=None)).days + 1

    def job() -> dict[str, float]:
        with tempfile.TemporaryDirectory() as charts, contextlib.redirect_stdout(io.StringIO()):
            layout = "%Y-%m-%d"
            table = CsvService(
                str(folder / "started_closed.csv"),
                ",",
                "started",
                "closed",
                layout,
                layout,
                "",
                "item_id",
                history,
                today,
            )
            items = table.get_items()
            chosen = WorkItemFilterService(today, history)
            draw = metrics.FlowMetricsService(False, charts, chosen, history, False, today)
            draw.plot_cycle_time_scatterplot(
                items, [50, 70, 85, 95], ["red", "orange", "lightgreen", "darkgreen"], "cycle.png"
            )
            draw.plot_work_item_age_scatterplot(items, [30, 60], ["red", "orange"], "age.png")
            draw.plot_throughput_run_chart(items, "throughput.png", "weeks")
            draw.plot_work_in_process_run_chart(items, "wip.png")
            draw.plot_work_started_vs_finished_chart(items, "orange", "green", "started.png")
            begun = today - timedelta(days=90)
            draw.plot_throughput_process_behaviour_chart(items, begun, today, "throughput_pbc.png")
            draw.plot_cycle_time_process_behaviour_chart(items, begun, today, "cycle_pbc.png")
            draw.plot_wip_process_behaviour_chart(items, begun, today, "wip_pbc.png")
            draw.plot_total_age_process_behaviour_chart(items, begun, today, "age_pbc.png")
            return {"closed": len(chosen.get_closed_items(items))}

    return job


if __name__ == "__main__":
    which, where, since, until = sys.argv[1:5]
    warnings.simplefilter("ignore")
    if which == "started_closed":
        started_closed(Path(where), until)
        sys.exit()
    made = {
        "pm4py": with_pm4py,
        "flowpulse": with_flowpulse,
        "flowpulse_bare": lambda *given: with_flowpulse(*given, pictures=False),
    }[which](Path(where), since, until)
    begun = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        found = made()
    print(json.dumps({"seconds": time.perf_counter() - begun, "figures": found}))
