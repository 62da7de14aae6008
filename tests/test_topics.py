"""`make test TOPIC=flow` runs the tests about flow and no others."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import topics
from vmo_helpers import measures

ROOT = Path(__file__).parents[1]
NAMED = sorted({*measures.__all__, *topics.WORDS, "okr", "sample", "browser", "golden"})


@pytest.mark.parametrize("topic", NAMED)
def test_each_topic_has_tests(topic: str) -> None:
    assert topics.unknown(topic) is None


def test_a_topic_holds_its_measures_findings_charts_and_notebook() -> None:
    flow = {
        path.relative_to(topics.HERE).as_posix() for path in topics.files() if topics.is_about(path, "flow")
    }
    assert {
        "measures/test_flow_time.py",
        "findings/test_flow_findings.py",
        "charts/test_flow.py",
        "golden/flow_analysis.ipynb",
    } <= flow
    assert not {name for name in flow if "okr" in name}


def test_every_word_of_a_topic_stands_in_the_path_of_a_file() -> None:
    words = {word for of_topic in topics.WORDS.values() for word in of_topic}
    assert [word for word in sorted(words) if topics.unknown(word)] == []


def test_a_slip_is_asked_back() -> None:
    assert topics.unknown("flwo") == "no file of tests is about 'flwo'; did you mean 'flow'?"


def test_pytest_collects_the_files_of_the_topic_alone() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, "--topic", "lookup"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(re.findall(r"^(\S+)::", run.stdout, flags=re.M)) == {"tests/test_lookup.py"}
    run = subprocess.run([*command, "--topic", "flwo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, "did you mean 'flow'?" in run.stderr) == (4, True)


def test_make_hands_the_topic_on_and_leaves_out_what_is_slow() -> None:
    run = subprocess.run(
        ["make", "-n", "test", "TOPIC=flow"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1].endswith('--topic "flow" -m "not slow and not deep"')
    assert "tests/install.sh" not in run.stdout
