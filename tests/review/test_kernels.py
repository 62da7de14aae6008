"""Kernels: forked from what is ready, whole in spite of it, and gone when nobody wants them any more."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.review import small
from vmo_helpers.request.asked import Request
from vmo_helpers.review.plan import Notebook
from vmo_helpers.review.running import lifeline, workers
from vmo_helpers.review.running.jobs import Job, run_notebook
from vmo_helpers.review.running.run import Outcome
from vmo_helpers.review.running.server import KernelServer
from vmo_helpers.review.shelf import folders

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KernelServer, Path]]:
    """A server that has taken in the three items, and its scratch folder."""
    data = small.portfolio(tmp_path_factory.mktemp("kernels") / "data")
    with folders.scratch() as scratch:
        server = KernelServer(scratch, Request(str(data)), ["pyarrow.csv"], [], lifeline.python_environment())
        answer = server.answer()
        assert answer["taken_in"]["portfolio"] == "Three items"
        yield server, scratch
        server.close()


def _run(folder: Path, scratch: Path, server: Path | None, *cells: str, timeout: float = 300) -> Outcome:
    """In a worker, as a run does it."""
    notebook = Notebook("one", small.bare(folder, "one", "a = 1", *cells))
    (out := folder / "out").mkdir(exist_ok=True)
    reports: list[workers.Report] = []
    job = Job(notebook, {"a": 2}, out, scratch, timeout, server)
    workers.run([workers.Task("one", run_notebook, (job,), scratch)], reports.append, leave=lambda: None)
    assert reports[0].why is None
    outcome = reports[0].result
    assert isinstance(outcome, Outcome)
    return outcome


def _printed(outcome: Outcome) -> str:
    assert outcome.why is None
    assert outcome.executed is not None
    cells = nbformat.read(outcome.executed, as_version=4).cells
    return "".join(
        output.text
        for cell in cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream"
    )


def test_a_forked_kernel_has_the_data_and_the_imports_already(
    tmp_path: Path, ready: tuple[KernelServer, Path]
) -> None:
    server, scratch = ready
    cell = (
        "import os, sys\nfrom vmo_helpers import sources\nprint(os.getppid(), 'pyarrow.csv' in "
        "sys.modules, a, len(sources._PRELOADED))"
    )
    assert _printed(_run(tmp_path, scratch, server.socket, cell)).split() == [
        str(server.process.pid),
        "True",
        "2",
        "1",
    ]


def test_what_every_deck_does_first_is_done_before_a_kernel_is_forked_and_no_debugger_is_loaded() -> None:
    asked = ("vmo_helpers.deck.ready", "narwhals._pandas_like", "ipykernel.debugger", "debugpy")
    code = (
        "import sys; from vmo_helpers.review.running.kernel_server import KERNEL_MODULES, preload;"
        "preload([*KERNEL_MODULES, 'vmo_helpers.open_review']);"
        f"print([name in sys.modules for name in {asked}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[True, True, True, False]\n", "")


def test_a_notebook_runs_in_its_own_folder_and_leaves_the_caller_where_it_was(
    tmp_path: Path, ready: tuple[KernelServer, Path]
) -> None:
    server, scratch = ready
    here = Path.cwd()
    assert _printed(_run(tmp_path, scratch, server.socket, "import os; print(os.getcwd())")).strip() == str(
        tmp_path
    )
    assert Path.cwd() == here


_THREADS = """\
import io, numpy as np, pyarrow as pa, pyarrow.csv as pc, pyarrow.parquet as pq
text = b"a,b\\n" + b"1,2\\n3,4\\n" * 300_000
table = pc.read_csv(io.BytesIO(text), pc.ReadOptions(block_size=1 << 16))
pq.write_table(table, sink := io.BytesIO())
frame = pq.read_table(io.BytesIO(sink.getvalue())).group_by("a").aggregate([("b", "sum")]).to_pandas()
product = np.ones((400, 400)) @ np.ones((400, 400))
print(int(frame["b_sum"].sum()), int(product.sum()))
"""


def test_arrow_and_numpy_threads_work_in_every_forked_kernel(
    tmp_path: Path, ready: tuple[KernelServer, Path]
) -> None:
    """The server read the data with Arrow's threads before it forked; a lock held then would hang a kernel
    now."""
    server, scratch = ready
    for number in range(6):
        assert _printed(_run(tmp_path / str(number), scratch, server.socket, _THREADS)).split() == [
            "1800000",
            "64000000",
        ]


def test_forked_kernels_share_no_state(tmp_path: Path, ready: tuple[KernelServer, Path]) -> None:
    server, scratch = ready
    cell = "import math\nprint(hasattr(math, 'mark'))\nmath.mark = 1"
    assert [_printed(_run(tmp_path / name, scratch, server.socket, cell)).strip() for name in "ab"] == [
        "False",
        "False",
    ]


def test_without_a_server_an_ordinary_kernel_does_it(
    tmp_path: Path, ready: tuple[KernelServer, Path]
) -> None:
    _, scratch = ready
    outcome = _run(tmp_path, scratch, scratch / "nobody-listens-here", "import sys; print(sys.executable)")
    assert _printed(outcome).strip() == sys.executable


def test_an_ordinary_kernel_reads_no_kernel_specification_and_no_start_up_file(
    tmp_path: Path, ready: tuple[KernelServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, scratch = ready
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        '{"argv": ["/nowhere/python"], "display_name": "x", "language": "python"}'
    )
    start_up = tmp_path / "ipython" / "profile_default" / "startup"
    start_up.mkdir(parents=True)
    (start_up / "00.py").write_text("a = 'from the start-up file'")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    assert _printed(_run(tmp_path, scratch, None, "print(a)")).strip() == "2"


@pytest.mark.parametrize("forked", [True, False], ids=["forked", "ordinary"])
class TestWhatGoesWrong:
    def _why(
        self, tmp_path: Path, ready: tuple[KernelServer, Path], forked: bool, cell: str, timeout: float = 300
    ) -> str:
        server, scratch = ready
        outcome = _run(
            tmp_path, scratch, server.socket if forked else None, cell, "print('later')", timeout=timeout
        )
        assert outcome.why is not None
        assert outcome.executed is not None
        assert Path(outcome.executed).name == "one.failed.ipynb"
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["one.failed.ipynb"]
        return outcome.why

    def test_sys_exit_is_not_taken_for_success(
        self, tmp_path: Path, ready: tuple[KernelServer, Path], forked: bool
    ) -> None:
        assert self._why(tmp_path, ready, forked, "import sys; sys.exit(0)") == (
            "the cell “import sys; sys.exit(0)” ended the notebook with SystemExit: 0"
        )

    def test_a_killed_kernel_is_noticed(
        self, tmp_path: Path, ready: tuple[KernelServer, Path], forked: bool
    ) -> None:
        why = self._why(tmp_path, ready, forked, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        assert why.startswith("the kernel died in the cell “import os, signal")

    def test_a_cell_over_its_time_is_stopped(
        self, tmp_path: Path, ready: tuple[KernelServer, Path], forked: bool
    ) -> None:
        why = self._why(tmp_path, ready, forked, "import time; time.sleep(600)", timeout=1)
        assert why == "the cell “import time; time.sleep(600)” ran longer than 1 s"

    def test_an_error_is_told_with_its_cell(
        self, tmp_path: Path, ready: tuple[KernelServer, Path], forked: bool
    ) -> None:
        assert (
            self._why(tmp_path, ready, forked, "1 / 0")
            == "the cell “1 / 0” raised ZeroDivisionError: division by zero"
        )


def test_a_system_that_cannot_fork_reviews_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vmo_helpers.cli import main

    monkeypatch.setattr(lifeline, "FORKS", False)
    data = small.portfolio(tmp_path / "data")
    small.notebook(
        tmp_path / "nb",
        "demo",
        "import os, sys; assert 'import cold_kernel' in "
        "open('/proc/self/cmdline').read().replace(chr(0), ' ')",
    )
    assert (
        main(
            [
                "review",
                str(data),
                "--out",
                str(tmp_path / "shelf"),
                "--notebook-folder",
                str(tmp_path / "nb"),
                "--quiet",
            ]
        )
        == 0
    )
    assert len(small.reviews(tmp_path / "shelf")) == 1


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _gone(processes: list[int], within_seconds: float = 120) -> bool:
    deadline = time.monotonic() + within_seconds
    while any(map(_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(_alive, processes))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("victim", ["run", "worker", "server"])
def test_no_kernel_outlives_whoever_needs_it(tmp_path: Path, victim: str) -> None:
    data = small.portfolio(tmp_path / "data")
    mark = tmp_path / "pids"
    cell = (  # run once more it ends at once
        f"import os, time, pathlib\nif not (mark := pathlib.Path({str(mark)!r})).exists():\n"
        "    mark.write_text(f'{os.getpid()} {os.getppid()}')\n    time.sleep(600)"
    )
    small.bare(tmp_path / "nb", "one", small.PARAMETERS, cell)
    command = small.command(
        "review", data, "--out", tmp_path / "shelf", "--notebook-folder", tmp_path / "nb", "--quiet"
    )
    run = subprocess.Popen(
        command, env=small.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert run.stderr is not None
    try:
        deadline = time.monotonic() + 300
        while not (mark.exists() and mark.read_text().count(" ")) and time.monotonic() < deadline:
            time.sleep(0.05)
        kernel, server = map(int, mark.read_text().split())
        children = [
            int(child) for child in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        ]
        assert server in children
        worker = children[-1]  # the server stands first, then what keeps the claim
        os.kill({"run": run.pid, "worker": worker, "server": server}[victim], signal.SIGKILL)
        assert _gone([kernel, worker] if victim == "worker" else [kernel])
        run.wait(timeout=300)
        assert _gone([kernel, worker, server])
    finally:
        run.kill()
        run.communicate()
