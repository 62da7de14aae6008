"""One notebook through papermill, made strict: parameters checked before, every cell completed after, the
file whole or not there."""

from __future__ import annotations

import ast
import contextlib
import json
import keyword
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vmo_helpers.results.parts import PART_MIME, Part
from vmo_helpers.review.errors import DISK_REFUSALS, Refused, nearest
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.shelf import folders

TAG = "parameters"
KERNEL = "python3"
OUTPUT_WAIT_SECONDS = 30  # nbclient's 4 are too few for a large deck on a busy machine
UNDER_WAY = "{the cell under way}"
DIED = "the kernel died"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ERRNO = re.compile(r"\[Errno (\d+)\]")


@dataclass(frozen=True)
class Outcome:
    """What became of a notebook. ``why`` is None when it is done; ``errno`` is set where the system refused
    to write.

    ``started`` is False when no kernel could be had for it, so that another kind of kernel may be tried.
    ``died``: its kernel did, in a cell. ``lost`` are the slides that could not be made, each with the reason.
    ``peak_mb`` is the most memory that its kernel took, None where nobody could tell.
    """

    name: str
    executed: str | None
    why: str | None = None
    errno: int | None = None
    started: bool = True
    died: bool = False
    lost: Mapping[str, str] = field(default_factory=dict)
    peak_mb: float | None = None

    @property
    def done(self) -> bool:
        return self.why is None


def declared_parameters(notebook: Notebook) -> dict[str, Any]:
    """The names and defaults that the cell tagged ``parameters`` assigns.

    Raises Refused when there is not exactly one such cell, or when it holds anything but names and literals:
    papermill's own reader misses annotations, dates and values with "=" in them, so the cell is parsed as
    Python.
    """
    tagged = [
        cell
        for cell in notebook.cells()
        if cell["cell_type"] == "code" and TAG in cell.get("metadata", {}).get("tags", [])
    ]
    if len(tagged) != 1:
        found = "no cell" if not tagged else f"{len(tagged)} cells"
        raise Refused(
            f"{notebook.path.name} has {found} tagged {TAG!r}; exactly one is needed, or its parameters "
            "would be ignored"
        )
    source = "".join(tagged[0]["source"])
    try:
        return dict(_assignment(statement) for statement in ast.parse(source).body)
    except (SyntaxError, ValueError) as error:
        raise Refused(
            f"the cell tagged {TAG!r} of {notebook.path.name} may only give names literal values: {error}"
        ) from error


def _assignment(statement: ast.stmt) -> tuple[str, Any]:
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            return name, ast.literal_eval(value)
    raise ValueError(f"line {statement.lineno} reads {ast.unparse(statement)!r}")


def check_parameters(notebook: Notebook, given: Iterable[str]) -> None:
    """Refuse a name that the notebook does not declare (with the nearest that it does) or that is no
    identifier.

    A parameter's name becomes code in the notebook, so nothing but a plain identifier may pass.
    """
    declared = declared_parameters(notebook)
    problems = []
    for name in given:
        if not name.isidentifier() or keyword.iskeyword(name):
            problems.append(f"{name!r} is no name for a parameter")
        elif name not in declared:
            problems.append(f"{notebook.name} knows no parameter {name!r}{nearest(name, declared)}")
    if problems:
        raise Refused("; ".join(problems))


def execute(
    notebook: Notebook,
    folder: Path,
    parameters: Mapping[str, Any],
    *,
    timeout: float,
    start_wait: float,
    kernels: type,
) -> Outcome:
    """Run a notebook and keep what came of it in ``folder``: ``<name>.ipynb`` when every cell completed, else
    ``<name>.failed.ipynb``.

    ``timeout`` is seconds a cell, ``start_wait`` seconds for the kernel to answer, ``kernels`` the class of
    the kernel manager. Changes the working directory of the process while it runs (papermill does), so two
    notebooks need two processes. Raises Refused for parameters that the notebook does not declare, OSError
    when the folder cannot be written; everything else that goes wrong is an Outcome with its reason.
    """
    check_parameters(notebook, parameters)
    with _unseen(str(parameters.get("data") or "")) as (told, secrets):
        given = {**parameters, "data": told} if told else parameters
        executed, why = _run(notebook, given, timeout=timeout, start_wait=start_wait, kernels=kernels)
    begun = [
        cell
        for cell in executed.cells
        if cell.cell_type == "code" and cell.metadata["papermill"].get("start_time")
    ]
    if not begun:
        why = why or "it has no cell to run"
        return Outcome(notebook.name, None, _without(secrets, why), started=False)
    died = why is not None and why.startswith(DIED)
    why = why.replace(UNDER_WAY, _cell(begun[-1].source)) if why else misnamed(executed, notebook.name)
    kept = folder / f"{notebook.name}{'.failed' if why else ''}.ipynb"
    text = json.dumps(executed, ensure_ascii=False, sort_keys=True)
    folders.write(kept, _without(secrets, text) + "\n")
    lost = {slide: _without(secrets, reason) for slide, reason in lost_slides(executed).items()}
    why = why and _without(secrets, why)
    return Outcome(notebook.name, str(kept), why, _refusal(executed), died=died, lost=lost)


def _run(
    notebook: Notebook, parameters: Mapping[str, Any], *, timeout: float, start_wait: float, kernels: type
) -> tuple[Any, str | None]:
    """The notebook as far as it was executed, and why it is not done (or None).

    In papermill's own steps, not by its ``execute_notebook``: that writes the file twice a cell, which costs
    more than many a cell does, and hands nothing back when the kernel dies.
    """
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import papermill_engines
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook
    from papermill.utils import chdir

    blank = load_notebook_node(str(notebook.path))
    executed = parameterize_notebook(blank, dict(parameters), kernel_name=KERNEL, language="python")
    try:
        with chdir(notebook.path.parent):
            papermill_engines.execute_notebook_with_engine(
                None,
                executed,
                KERNEL,
                output_path=None,
                progress_bar=False,
                kernel_manager_class=kernels,
                shutdown_kernel="immediate",
                start_timeout=max(1, round(start_wait)),
                execution_timeout=max(1, round(timeout)),
                iopub_timeout=OUTPUT_WAIT_SECONDS,
            )
    except CellTimeoutError:
        return executed, f"{UNDER_WAY} ran longer than {timeout:g} s"
    except DeadKernelError:
        return executed, f"{DIED} in {UNDER_WAY}"
    except (
        RuntimeError,
        ConnectionError,
        TimeoutError,
    ) as error:  # nbclient's own: the kernel did not start or did not answer
        return executed, f"the kernel could not be used: {error}"
    return executed, incomplete(executed)


def incomplete(executed: Any) -> str | None:
    """Why an executed notebook cannot be trusted, or None: papermill calls one that ended early with
    sys.exit(0) a success."""
    for cell in executed.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        for output in _errors(cell):
            text = _ANSI.sub("", f"{output.ename}: {output.evalue}" if output.evalue else output.ename)
            return (
                f"{_cell(cell.source)} "
                f"{'ended the notebook with' if output.ename == 'SystemExit' else 'raised'} {text}"
            )
        state = cell.metadata.get("papermill", {})
        if state.get("status") != "completed" or state.get("exception") or cell.execution_count is None:
            return f"{_cell(cell.source)} was not completed"
    return None


def misnamed(executed: Any, name: str) -> str | None:
    """Why an executed notebook reports to nobody, or None: it opened its review under another name than it
    was run as.

    Its figures, findings and tables then lie where neither the review nor its page looks for them.
    """
    for part in _parts(executed):
        if part["part"] == Part.REVIEW and part["notebook"] != name:
            other = part["notebook"]
            return (
                f"it was run as {name!r} and reports as {other!r}: open its review under its own name "
                f"(open_review({name!r}, …)), or call its file {other}.ipynb"
            )
    return None


def lost_slides(executed: Any) -> dict[str, str]:
    """The slides of an executed notebook that could not be made, each with the reason."""
    return {part["id"]: part["lost"] for part in _parts(executed) if part.get("lost")}


def _parts(executed: Any) -> Iterator[dict[str, Any]]:
    for output in (output for cell in executed.cells for output in cell.get("outputs", ())):
        if PART_MIME in output.get("data", {}):
            yield output["data"][PART_MIME]


def _errors(cell: Any) -> list[Any]:
    return [output for output in cell.outputs if output.output_type == "error"]


def _cell(source: str) -> str:
    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return f"the cell “{first[:60]}…”" if len(first) > 60 else f"the cell “{first}”"


@contextlib.contextmanager
def _unseen(where: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a notebook is told of where the data are, and the texts that nothing of it may hold.

    A database's address is told without its secrets. A kernel that must read the database itself inherits
    the whole one in its environment; a forked one has the tables already.
    """
    if "://" not in where:
        yield where, ()
        return
    from vmo_helpers.sources import address

    os.environ[address.VARIABLE] = where
    try:
        yield address.shown(where), address.secrets_of(where)
    finally:
        del os.environ[address.VARIABLE]


def _without(secrets: tuple[str, ...], text: str) -> str:
    if not secrets:
        return text
    from vmo_helpers.sources import address

    return address.without_secrets(text, secrets)


def _refusal(executed: Any) -> int | None:
    """The system's error number where a cell failed because the disk would not take what it wrote."""
    for output in (output for cell in executed.cells if cell.cell_type == "code" for output in _errors(cell)):
        match = _ERRNO.match(output.evalue or "")
        if match and output.ename.endswith("Error") and int(match[1]) in DISK_REFUSALS:
            return int(match[1])
    return None
