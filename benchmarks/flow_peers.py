"""The same flow outputs written straight in polars and in DuckDB: what a good analyst would type in an
afternoon.

Each takes a folder of Parquet tables and a window and returns headline figures plus sums over cycle times,
ages, weekly throughput and the cumulative flow, so that the versions can be compared before they are timed.
They read no portfolio.toml, check nothing, know no blockers, calendars or versions: they are the floor under
the time, not a product.
"""

from __future__ import annotations

import sys
from pathlib import Path

STARTED = ("active", "wait")


def with_polars(folder: Path, start: str, end: str) -> dict[str, float]:
    """Flow figures by polars: one sort, shifts instead of window functions over strings."""
    import polars as pl

    first, last = _instants(start, end)
    utc = pl.Datetime("us", "UTC")
    items = (
        pl.scan_parquet(folder / "work_items.parquet")
        .select(
            "item_id",
            "level",
            pl.col("created_at").cast(utc),
            pl.col("requested_at").cast(utc),
            pl.col("delivered_at").cast(utc),
        )
        .filter((pl.col("level") == "epic") & (pl.col("created_at") <= last))
        .collect()
        .with_row_index("i")
    )
    states = pl.read_parquet(folder / "states.parquet").filter(
        pl.col("level").is_null() | (pl.col("level") == "epic")
    )
    states = states.select("state", "class", "position").unique("state")
    visits = (
        pl.scan_parquet(folder / "transitions.parquet")
        .select("item_id", pl.col("at").cast(utc), "to_state", "seq")
        .filter(pl.col("at") <= last)
        .join(items.lazy().select("item_id", "i"), on="item_id")
        .join(states.lazy(), left_on="to_state", right_on="state")
        .select("i", "at", "seq", "class", "position")
        .sort("i", "at", "seq", maintain_order=True)
        .collect()
    )
    same = pl.col("i") == pl.col("i").shift(-1)
    visits = visits.with_columns(
        pl.when(same).then(pl.col("at").shift(-1)).otherwise(pl.lit(last)).alias("until"),
        (pl.col("class") == "done").alias("done"),
        pl.col("class").is_in(STARTED).alias("in_hand"),
    )
    per_item = visits.group_by("i", maintain_order=True).agg(
        pl.col("at").filter(pl.col("in_hand")).first().alias("started"),
        pl.col("at").filter(~pl.col("done")).last().alias("last_open"),
        pl.col("at").filter(~pl.col("class").eq("cancelled")).last().alias("last_alive"),
        pl.col("class").last().alias("now"),
        pl.col("done").any().alias("ever_done"),
        pl.col("at")
        .filter(pl.col("done") & ~pl.col("done").shift(1, fill_value=False))
        .last()
        .alias("done_run"),
        pl.col("done").sum().alias("n_done"),
        (pl.col("done").shift(1, fill_value=False) & ~pl.col("done")).any().alias("reopened"),
    )
    per_item = per_item.with_columns(
        pl.when(pl.col("now") == "done").then(pl.col("done_run")).alias("finished")
    )
    per_item = items.join(per_item, on="i", how="left")
    clipped = (
        visits.lazy()
        .join(per_item.lazy().select("i", "started", "finished"), on="i")
        .filter(pl.col("in_hand") & pl.col("finished").is_not_null() & (pl.col("finished") >= first))
        .with_columns(
            span=(pl.min_horizontal("until", "finished") - pl.max_horizontal("at", "started"))
            .dt.total_microseconds()
            .clip(0)
        )
        .group_by("i")
        .agg(
            active=pl.col("span").filter(pl.col("class") == "active").sum(),
            wait=pl.col("span").filter(pl.col("class") == "wait").sum(),
        )
        .collect()
    )
    day = 86_400_000_000
    done = per_item.filter((pl.col("finished") >= first) & (pl.col("finished") <= last))
    timed = done.filter(pl.col("started").is_not_null())
    cycle = (timed["finished"] - timed["started"]).dt.total_microseconds() / day
    delivered = per_item.with_columns(
        end=pl.coalesce("delivered_at", "finished"), begin=pl.coalesce("requested_at", "created_at")
    )
    delivered = delivered.filter((pl.col("end") >= first) & (pl.col("end") <= last))
    lead = (delivered["end"] - delivered["begin"]).dt.total_microseconds() / day
    wip = per_item.filter(
        pl.col("started").is_not_null() & pl.col("finished").is_null() & (pl.col("now") != "cancelled")
    )
    age = (pl.Series([last] * len(wip), dtype=utc) - wip["started"]).dt.total_microseconds() / day
    begun = per_item.filter((pl.col("started") >= first) & (pl.col("started") <= last))
    throughput = done.group_by(pl.col("finished").dt.truncate("1w")).len()
    waits = visits.filter(pl.col("class") == "wait").select(
        (pl.min_horizontal("until", pl.lit(last)) - pl.max_horizontal("at", pl.lit(first)))
        .dt.total_microseconds()
        .clip(0)
        .sum()
    )
    moves = visits.with_columns(
        before=pl.when(pl.col("i") == pl.col("i").shift(1)).then(pl.col("position").shift(1)).otherwise(None),
        day=pl.col("at").dt.date(),
    )
    entered = moves.group_by("day", "position").len()
    left = (
        moves.filter(pl.col("before").is_not_null())
        .group_by("day", pl.col("before").alias("position"))
        .agg(-pl.len().cast(pl.Int64).alias("len"))
    )
    flow = pl.concat(
        [entered.with_columns(pl.col("len").cast(pl.Int64)), left.select("day", "position", "len")]
    )
    flow = flow.group_by("day", "position").agg(pl.col("len").sum())
    days = pl.DataFrame({"day": pl.date_range(first.date(), last.date(), "1d", eager=True)})
    grid = flow.pivot("position", index="day", values="len", sort_columns=True).sort("day")
    grid = grid.with_columns(pl.exclude("day").fill_null(0).cum_sum())
    bands = days.join_asof(grid, on="day").drop("day").fill_null(0)
    return {
        "items": float(len(items)),
        "finished": float(len(done)),
        "wip": float(len(wip)),
        "cycle_p50": _num(cycle.quantile(0.5, "linear")),
        "cycle_p85": _num(cycle.quantile(0.85, "linear")),
        "cycle_sum": _num(cycle.sum()),
        "lead_p50": _num(lead.quantile(0.5, "linear")),
        "lead_p85": _num(lead.quantile(0.85, "linear")),
        "age_p85": _num(age.quantile(0.85, "linear")),
        "age_sum": _num(age.sum()),
        "flow_efficiency": clipped["active"].sum() / (clipped["active"].sum() + clipped["wait"].sum()),
        "flow_efficiency_median": _num(
            clipped.filter(pl.col("active") + pl.col("wait") > 0)
            .select((pl.col("active") / (pl.col("active") + pl.col("wait"))).median())
            .item()
        ),
        "weeks": float(len(throughput)),
        "started": float(len(begun)),
        "started_unfinished": float(begun["finished"].null_count()),
        "reopened": float(done["reopened"].sum()),
        "wait_days": _num(waits.item()) / day,
        "flow_cells": float(sum(bands.sum().row(0))),
    }


def with_duckdb(folder: Path, start: str, end: str) -> dict[str, float]:
    """Flow figures by DuckDB: window functions in SQL over the Parquet files."""
    import duckdb

    first, last = (stamp.isoformat() for stamp in _instants(start, end))
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.execute(f"set variable first = timestamptz '{first}'; set variable last = timestamptz '{last}'")
    con.execute(f"""
    create temp table items as select item_id, row_number() over () i, created_at::timestamptz created_at, requested_at::timestamptz requested_at,
      delivered_at::timestamptz delivered_at from '{folder}/work_items.parquet' where level = 'epic' and created_at::timestamptz <= getvariable('last');
    create temp table states as select state, any_value(class) class, any_value(position) position from '{folder}/states.parquet'
      where level is null or level = 'epic' group by state;
    create temp table visits as
      with t as (select i, "at"::timestamptz as t_at, coalesce(seq, 0) seq, class, position from '{folder}/transitions.parquet' join items using (item_id)
        join states on state = to_state where "at"::timestamptz <= getvariable('last'))
      select i, t_at, class, position, lead(t_at, 1, getvariable('last')) over w until, lag(class) over w before_class, lag(position) over w before,
        row_number() over w r from t window w as (partition by i order by t_at, seq);
    create temp table per_item as select i, created_at, requested_at, delivered_at, started, now, reopened, case when now = 'done' then done_run end finished
      from items left join (select i, min(t_at) filter (class in ('active', 'wait')) started, arg_max(class, r) now,
        max(t_at) filter (class = 'done' and before_class is distinct from 'done') done_run,
        coalesce(bool_or(before_class = 'done' and class <> 'done'), false) reopened from visits group by i) using (i);
    create temp table clipped as select i, coalesce(sum(span) filter (class = 'active'), 0) active, coalesce(sum(span) filter (class = 'wait'), 0) wait from (
      select i, class, greatest(0, epoch_us(least(until, finished)) - epoch_us(greatest(t_at, started))) span
      from visits join per_item using (i) where class in ('active', 'wait') and finished >= getvariable('first')) group by i""")
    one = con.execute("""
    with done as (select *, (epoch_us(finished) - epoch_us(started)) / 86400e6 cycle from per_item where finished between getvariable('first') and getvariable('last')),
    delivered as (select (epoch_us(coalesce(delivered_at, finished)) - epoch_us(coalesce(requested_at, created_at))) / 86400e6 lead from per_item
      where coalesce(delivered_at, finished) between getvariable('first') and getvariable('last')),
    wip as (select (epoch_us(getvariable('last')::timestamptz) - epoch_us(started)) / 86400e6 age from per_item where started is not null and finished is null and now <> 'cancelled'),
    begun as (select * from per_item where started between getvariable('first') and getvariable('last'))
    select (select count(*) from items)::double items, (select count(*) from done)::double finished, (select count(*) from wip)::double wip,
     (select quantile_cont(cycle, .5) from done) cycle_p50, (select quantile_cont(cycle, .85) from done) cycle_p85, (select sum(cycle) from done) cycle_sum,
     (select quantile_cont(lead, .5) from delivered) lead_p50, (select quantile_cont(lead, .85) from delivered) lead_p85,
     (select quantile_cont(age, .85) from wip) age_p85, (select sum(age) from wip) age_sum,
     (select sum(active) / (sum(active) + sum(wait)) from clipped) flow_efficiency,
     (select median(active / (active + wait)) from clipped where active + wait > 0) flow_efficiency_median,
     (select count(distinct date_trunc('week', finished)) from done)::double as weeks, (select count(*) from begun)::double started,
     (select count(*) from begun where finished is null)::double started_unfinished, (select count(*) from done where reopened)::double reopened,
     (select sum(greatest(0, epoch_us(until) - greatest(epoch_us(t_at), epoch_us(getvariable('first')::timestamptz)))) / 86400e6 from visits where class = 'wait') wait_days,
     (with moves as (select t_at::date d, position p, 1 n from visits union all select t_at::date, before, -1 from visits where before is not null),
       net as (select d, p, sum(n) n from moves group by d, p),
       grid as (select d, p from (select unnest(generate_series(least((select min(d) from net), getvariable('first')::date), getvariable('last')::date, interval 1 day))::date d)
         cross join (select distinct p from net)),
       bands as (select d, sum(coalesce(n, 0)) over (partition by p order by d) n from grid left join net using (d, p))
       select sum(n) from bands where d between getvariable('first')::date and getvariable('last')::date)::double flow_cells""")
    names = [column[0] for column in one.description]
    return dict(zip(names, one.fetchall()[0], strict=True))


def _instants(start: str, end: str):  # type: ignore[no-untyped-def]
    from datetime import datetime

    return datetime.fromisoformat(start), datetime.fromisoformat(end)


def _num(value: object) -> float:
    return float("nan") if value is None else float(value)  # type: ignore[arg-type]


if __name__ == "__main__":
    which, where, since, until = sys.argv[1:5]
    import importlib
    import json
    import time

    importlib.import_module(which)  # the start of a library is no part of its work, here as on the other side
    begun = time.perf_counter()
    figures = {"polars": with_polars, "duckdb": with_duckdb}[which](Path(where), since, until)
    print(json.dumps({"seconds": time.perf_counter() - begun, "figures": figures}))
