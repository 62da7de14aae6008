"""environment.yml asks for what pyproject.toml asks for: the same names, the same specifiers."""

import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec

ROOT = Path(__file__).parents[1]
PYPI_NAME = {"python-tzdata": "tzdata", "python-duckdb": "duckdb"}  # conda-forge's name where it is another
CONDA_ONLY = {"python", "pip"}
FOR_PEOPLE = (
    "review",
    "lab",
    "sources",
    "forms",
)  # the extras that a user of conda wants; dev stays with pip


def _clauses(specifier: str) -> frozenset[str]:
    return frozenset(clause.strip() for clause in specifier.split(",") if clause.strip())


def _declared() -> dict[str, frozenset[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + [
        line for extra in FOR_PEOPLE for line in project["optional-dependencies"][extra]
    ]
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): _clauses(str(r.specifier)) for r in requirements}


def _environment() -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((ROOT / "environment.yml").read_text())
    return loaded


def test_environment_and_pyproject_ask_for_the_same_libraries() -> None:
    lines = _environment()["dependencies"]
    assert isinstance(lines, list)
    specs = [MatchSpec(line) for line in lines if isinstance(line, str)]
    conda = {spec.name.normalized: _clauses(str(spec.version or "")) for spec in specs}
    asked = {
        canonicalize_name(PYPI_NAME.get(name, name)): clauses
        for name, clauses in conda.items()
        if name not in CONDA_ONLY
    }
    assert asked == _declared()


def test_the_conda_python_is_the_one_that_the_package_requires() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = _environment()["dependencies"]
    assert isinstance(lines, list)
    python = next(MatchSpec(line) for line in lines if isinstance(line, str) and line.startswith("python "))
    assert _clauses(str(python.version)) == _clauses(project["requires-python"])


def test_only_conda_forge_is_asked_and_the_package_itself_comes_by_pip() -> None:
    environment = _environment()
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    lines = environment["dependencies"]
    assert isinstance(lines, list)
    assert [line for line in lines if isinstance(line, dict)] == [{"pip": ["-e ."]}]


def test_the_pins_name_no_host() -> None:
    pins = (ROOT / "constraints.txt").read_text()
    assert "://" not in pins
    assert "index-url" not in pins
    assert all("==" in line for line in pins.splitlines() if line.strip())
