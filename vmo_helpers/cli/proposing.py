"""`vmo check --propose-states`: a draft of the table ``states``, where there are moves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import counted, printable
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.review.errors import NotWritable, Refused
from vmo_helpers.sources.draft import states_draft

TABLE, BESIDE = "states.csv", "states_proposed.csv"


def propose_states(portfolio: Portfolio, data: str) -> str:
    """The draft in words; written into the folder of the tables, printed for any other source.

    It is written as ``states.csv``, and as ``states_proposed.csv`` where a file ``states`` is there already.
    Raises Refused where there is nothing to draft from or the table has rows, NotWritable where both files
    are there: nothing is ever overwritten.
    """
    if portfolio.has("states"):
        rows = counted(len(portfolio.tables["states"]), "row")
        raise Refused(f"there is a table of states already, of {rows}: no draft was made.")
    if not portfolio.has("transitions"):
        raise Refused("there are no transitions, so that no state is known: no draft was made.")
    draft = states_draft(portfolio.tables["transitions"])
    content = draft.to_csv(index=False, columns=["state", "class", "position", "guessed"])
    told = f"A draft of the table states: {counted(len(draft), 'state')}, each class a guess\n{states(draft)}"
    if not Path(data).is_dir():
        return f"{told}\n\nCopy these rows into a table or sheet named states:\n\n{content}"
    file = _written(Path(data), content)
    rename = "" if file.name == TABLE else f" States are read from {TABLE}: rename it."
    return (
        f"{told}\n\nWritten to {printable(str(file))}.{rename} Mend what is wrong, and empty the cell "
        "guessed of each state that is right: until then the decks say that it was guessed.\n"
    )


def states(draft: Any) -> str:
    """A line a state: class, name, how many items were in it, and why its class was guessed so."""
    lines = []
    columns = (draft[name] for name in ("state", "class", "items", "guessed"))
    for state, state_class, items, why in zip(*columns, strict=True):
        name = printable(state)
        name = name if len(name) <= 40 else f"{name[:39]}…"
        lines.append(f"  {state_class:<10}{name:<42}{counted(items, 'item'):>12}   {printable(why)}")
    return "\n".join(lines)


def _written(folder: Path, content: str) -> Path:
    there = any(path.name.split(".")[0].strip().lower() == "states" for path in folder.iterdir())
    file = folder / (BESIDE if there else TABLE)
    try:
        with file.open("x", encoding="utf-8", newline="") as out:
            out.write(content)
    except FileExistsError as error:
        raise NotWritable(f"{file} is there already: nothing was overwritten.") from error
    return file
