"""The recipes for schedulers of docs/operations.md: what can run here is run as it is written, the rest is
held against its own schema or read, and every command is one that `vmo` understands."""

import ast
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from distributed.cli import dask_ssh

from vmo_helpers.cli.main import parser

TEXT = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("\n## Started by a scheduler of yours\n")[2].partition("\nPlain papermill")[0]
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", SECTION, re.DOTALL | re.MULTILINE)
WORKFLOWS = [
    text
    for kind, text in re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    if "runs-on" in text
]


def block(holding: str) -> str:
    (found,) = [text for _, text in BLOCKS if holding in text]
    return str(found)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three portfolios in a list, and a `vmo` that writes down what it was asked."""
    program = tmp_path / ".venv" / "bin" / "vmo"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nfor one in "$@"; do echo "$one"; done > asked\n')
    program.chmod(0o755)
    (tmp_path / "portfolios.txt").write_text(
        "data/retail\ndata/claims and more\npostgresql://reader@db/logistics\n"
    )
    return tmp_path


def asked(home: Path, script: str, **environment: str) -> list[str]:
    """What `vmo` was asked by a script that a scheduler starts."""
    path = f"{home / '.venv' / 'bin'}:{os.environ['PATH']}"
    subprocess.run(
        ["bash", "-euc", script], cwd=home, env={"PATH": path, **environment}, check=True, timeout=60
    )
    return (home / "asked").read_text().splitlines()


def understood(*words: str) -> Any:
    return parser().parse_args(words)


@pytest.mark.skipif(os.name == "nt", reason="bash is not there")
class TestArrays:
    def test_a_task_of_slurm_reviews_the_portfolio_of_its_line(self, home: Path) -> None:
        given = understood(*asked(home, block("#SBATCH"), SLURM_ARRAY_TASK_ID="2"))
        assert (given.command, given.data, given.out) == ("review", "data/claims and more", "reviews")

    def test_an_index_of_kubernetes_reviews_the_portfolio_of_its_line(self, home: Path) -> None:
        container = yaml.safe_load(block("kind: Job"))["spec"]["template"]["spec"]["containers"][0]
        assert container["command"] == ["/bin/sh", "-ec"]
        script = container["args"][0].replace("/portfolios/portfolios.txt", "portfolios.txt")
        given = understood(*asked(home, script, JOB_COMPLETION_INDEX="2"))
        assert (given.data, given.out) == ("postgresql://reader@db/logistics", "/reviews")

    def test_a_job_of_dask_asks_its_scheduler(self, home: Path) -> None:
        container = yaml.safe_load(block("kind: DaskJob"))["spec"]["job"]["spec"]["containers"][0]
        given = understood(*asked(home, container["args"][0], DASK_SCHEDULER_ADDRESS="tcp://scheduler:8786"))
        assert (given.all, given.scheduler) == ("/portfolios/portfolios.toml", "tcp://scheduler:8786")

    def test_over_ssh_the_first_host_is_the_scheduler(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (home / "hosts.txt").write_text("one.example.org\ntwo.example.org\n")
        monkeypatch.chdir(home)
        start, command = block("dask ssh").strip().splitlines()
        program, *words = shlex.split(start)[1:]
        context = dask_ssh.main.make_context(program, words)  # Dask's own reading of the line
        assert (context.params["n_workers"], context.params["scheduler_port"]) == (2, 8786)
        assert understood(*asked(home, command)).scheduler == "tcp://one.example.org:8786"


def test_the_cluster_of_dask_sees_the_portfolios_where_its_job_does() -> None:
    spec = yaml.safe_load(block("kind: DaskJob"))["spec"]
    worker = spec["cluster"]["spec"]["worker"]["spec"]
    for pod in (spec["job"]["spec"], worker):
        assert pod["containers"][0]["volumeMounts"] == [{"name": "portfolios", "mountPath": "/portfolios"}]
        assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == "portfolios"
    ports = spec["cluster"]["spec"]["scheduler"]["service"]["ports"]
    assert {port["name"]: port["port"] for port in ports} == {"tcp-comm": 8786, "http-dashboard": 8787}


def test_the_job_of_kubernetes_mounts_what_it_reads_and_gives_up_on_bad_data() -> None:
    spec = yaml.safe_load(block("kind: Job"))["spec"]
    pod = spec["template"]["spec"]
    mounted = {one["name"]: one["mountPath"] for one in pod["containers"][0]["volumeMounts"]}
    assert set(mounted) == {one["name"] for one in pod["volumes"]}
    assert spec["completionMode"] == "Indexed" and pod["restartPolicy"] == "Never"
    assert spec["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"] == [2]


@pytest.mark.parametrize("text", WORKFLOWS)
def test_a_workflow_holds_against_githubs_schema(text: str) -> None:
    read = yaml.safe_load(text)
    workflow = {"on" if key is True else key: value for key, value in read.items()}  # YAML 1.1 reads "on" so
    jsonschema.validate(workflow, get_builtin_schema("vendor.github-workflows"))


def test_every_step_of_the_matrix_runs_what_vmo_understands() -> None:
    steps = yaml.safe_load(block("matrix:"))["jobs"]["review"]["steps"]
    (command,) = [step["run"] for step in steps if step.get("run", "").startswith("vmo ")]
    given = understood(*shlex.split(command)[1:])
    assert (given.command, given.notify) == ("review", ["env:WEBHOOK"])


@pytest.mark.parametrize("text", [text for kind, text in BLOCKS if kind == "python"])
def test_python_compiles_and_runs_what_vmo_understands(text: str) -> None:
    tree = compile(text, "recipe", "exec", ast.PyCF_ONLY_AST)
    words = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    commands = [shlex.split(word) for word in words if "vmo review" in word]
    assert commands, "it runs our own command"
    assert all(understood(*command[1:]).command == "review" for command in commands)
