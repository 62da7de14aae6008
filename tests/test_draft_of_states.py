"""A draft of the states: what a name says, what the history says, and where it is written."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmo_helpers import sources
from vmo_helpers.cli.main import main
from vmo_helpers.sources.draft import first_visits, passes, states_draft
from vmo_helpers.sources.guesses import BY_HISTORY, BY_NAME, class_by_name
from vmo_helpers.vocabulary import StateClass

NAMES = {
    "wait": "Ready for release|Waiting for customer|Integration test queue|On hold|Blocked|Review pending|"
    "Ready|readyForTest|Test (done)|Wartet auf Freigabe|Bereit für Test|Blockiert|En attente|等待测试|Queued",
    "active": "In Progress|InProgress|Doing|Code review|In Arbeit|Umsetzung|进行中|IN_PROGRESS",
    "backlog": "To Do|TODO|New|Backlog|Not started|Offen|Zu erledigen|待办|Idea",
    "done": "Done|Closed|Released|Erledigt|Abgeschlossen|已完成|Completed|Live",
    "cancelled": "Cancelled|Canceled|Won't do|Rejected|Abgebrochen|Cancelled - waits",
    "": "Legal|not released yet|Phase 3|Doner kebab|=cmd|</script>|🚀|" + "x" * 10_000,
}


@pytest.mark.parametrize(
    ("name", "wanted"), [(one, wanted) for wanted, names in NAMES.items() for one in names.split("|")]
)
def test_the_class_that_a_name_says(name: str, wanted: str) -> None:
    assert (class_by_name(name) or "") == wanted


def moves(*histories: str, start: str = "") -> pd.DataFrame:
    """Each history a line of states, a day apart; ``start`` is the from_state of the first move."""
    rows = [
        {
            "item_id": f"E{number}",
            "at": pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=day),
            "to_state": state,
            "from_state": (start or None) if day == 0 else None,
            "seq": float("nan"),
        }
        for number, line in enumerate(histories)
        for day, state in enumerate(line.split())
    ]
    return pd.DataFrame(rows).astype({"from_state": "str"})


def test_order_is_that_of_most_items_and_what_ends_the_work_is_done() -> None:
    # Q is left out by most, and P is visited twice by one: neither moves anything
    draft = states_draft(moves(*["P R S Z"] * 8, "P Q R S Z", "P R P S Z", "P R Rejected", start="A"))
    assert list(draft["state"]) == ["A", "P", "Q", "R", "S", "Z", "Rejected"]
    assert list(draft["class"]) == ["backlog", "active", "active", "active", "active", "done", "cancelled"]
    assert list(draft["position"]) == [1, 2, 3, 4, 5, 6, 7]
    assert list(draft["items"]) == [11, 11, 1, 11, 10, 10, 1]
    assert list(draft["guessed"]) == [BY_HISTORY] * 6 + [BY_NAME]


def test_a_last_state_that_items_leave_again_is_not_done_and_what_follows_done_is() -> None:
    assert list(states_draft(moves("A B C B", "A B C"))["class"]) == ["backlog", "active", "active"]
    after = states_draft(moves("Doing Released Proven", "Doing Released", "Doing Released"))
    assert dict(after[["state", "class"]].to_numpy()) == {
        "Doing": "active",
        "Released": "done",
        "Proven": "done",
    }


def test_a_name_that_says_backlog_or_work_leaves_the_first_state_alone() -> None:
    assert list(states_draft(moves("New X Done"))["class"]) == ["backlog", "active", "done"]
    assert list(states_draft(moves("X New Done"))["class"]) == ["active", "backlog", "done"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.integers(0, 5), st.sampled_from("PQRS"), st.sampled_from("PQRS")
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_state_is_drafted_once_with_the_items_that_were_in_it(
    rows: list[tuple[str, int, str, str]],
) -> None:
    frame = pd.DataFrame(rows, columns=["item_id", "at", "to_state", "from_state"]).assign(seq=float("nan"))
    draft = states_draft(frame)
    first = frame.sort_values(["item_id", "at"], kind="stable").drop_duplicates("item_id")
    been = {(row.item_id, row.to_state) for row in frame.itertuples()}
    been |= {(row.item_id, row.from_state) for row in first.itertuples()}
    assert dict(zip(draft["state"], draft["items"], strict=True)) == {
        state: sum(name == state for _, name in been) for state in {name for _, name in been}
    }
    assert passes(first_visits(frame)).sum() == len(been)
    assert set(draft["class"]) <= set(map(str, StateClass))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work_items.csv").write_text(
        "item_id,title,level,created_at\nE1,One,epic,2026-01-01\nE2,Two,epic,2026-01-01\n"
    )
    (tmp_path / "transitions.csv").write_text(
        "item_id,at,to_state\nE1,2026-01-02,=In progress\nE1,2026-01-09,Done</script>\n"
        "E2,2026-01-05,=In progress\n"
    )
    return tmp_path


def test_the_draft_is_written_read_again_and_warned_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(folder)]) == 0
    assert "`vmo check --propose-states` drafts them" in capsys.readouterr().out
    assert main(["check", str(folder), "--propose-states"]) == 0
    told = capsys.readouterr().out
    assert "2 states, each class a guess" in told and "2 items   by its name" in told
    assert (folder / "states.csv").read_text(encoding="utf-8") == (
        "state,class,position,guessed\n=In progress,active,1,by its name\nDone</script>,done,2,by its name\n"
    )
    assert main(["check", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "Guessed classes of states" in told and "The class of 2 states was guessed" in told
    assert main(["check", str(folder), "--propose-states"]) == 2
    assert "there is a table of states already, of 2 rows" in capsys.readouterr().err


def test_a_state_that_was_confirmed_is_warned_of_no_more(folder: Path) -> None:
    (folder / "states.csv").write_text(
        "state,class,guessed\n=In progress,active,\nDone</script>,done,by its name\n"
    )
    told = [note.sentence for note in sources.load(folder).notes if note.kind == "warning"]
    assert len(told) == 1 and told[0].startswith("The class of 1 state was guessed")


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "States.csv").write_text("state,class\n")
    assert main(["check", str(folder), "--propose-states"]) == 0
    assert "rename it" in capsys.readouterr().out
    kept = (folder / "states_proposed.csv").read_bytes()
    assert main(["check", str(folder), "--propose-states"]) == 4
    assert "nothing was overwritten" in capsys.readouterr().err
    assert (folder / "states_proposed.csv").read_bytes() == kept
    assert (folder / "States.csv").read_text() == "state,class\n"


def test_without_transitions_nothing_is_drafted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "transitions.csv").unlink()
    assert main(["check", str(folder), "--propose-states"]) == 2
    assert "there are no transitions" in capsys.readouterr().err
    assert not (folder / "states.csv").exists()


def test_for_another_source_the_draft_is_printed_to_be_copied(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = folder / "book.xlsx"
    with pd.ExcelWriter(book) as out:
        for name in ("work_items", "transitions"):
            pd.read_csv(folder / f"{name}.csv").replace("=In progress", "Phase 2").to_excel(
                out, sheet_name=name, index=False
            )
    before = book.read_bytes()
    assert main(["check", str(book), "--propose-states"]) == 0
    assert "Phase 2,backlog,1,by its place in the history\n" in capsys.readouterr().out
    assert book.read_bytes() == before and not (folder / "states.csv").exists()


def test_figures_of_flow_say_that_the_states_are_missing(folder: Path) -> None:
    from vmo_helpers.measures import flow
    from vmo_helpers.window import review_window

    portfolio = sources.load(folder).known_at(pd.Timestamp("2026-02-01", tz="UTC"))
    log, window = flow.read(portfolio), review_window(portfolio.as_of, None, "UTC")
    figures = flow.figures(log, flow.items(log, window), window, portfolio)
    whys = {one.key: one.why for one in figures}
    for key in ("flow.wip", "flow.finished", "flow.reopened_items", "flow.wait_days"):
        assert "there is no table of states" in str(whys[key])
