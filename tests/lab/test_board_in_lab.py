"""The board of an import in a real JupyterLab, as docs/sources.md tells an analyst: see, press, write, import
again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.importing.sheets import run, table, text
from tests.lab import jupyter
from tests.lab.test_map_panel import ROWS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.deep]


def test_a_press_on_a_class_is_in_the_tables_after_the_next_import(
    tmp_path: Path, lab: jupyter.Server, lab_browser: Any
) -> None:
    from playwright.sync_api import expect

    source, folder = text(tmp_path / "Epics.csv", ROWS), tmp_path / "mine"
    assert run(source, folder, "--propose-map") == 0
    call = f"explore.board({str(folder)!r})"
    notebook = jupyter.blank_notebook(["from vmo_helpers import explore", call])
    (Path(lab.log).parent / "notebooks" / "board.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with jupyter.opened(lab_browser, lab, "board") as book:
        book.run_all()
        panel = book.panel(call)
        expect(panel.get_by_text("a guess")).to_have_count(4)
        legal = panel.locator(".widget-toggle-buttons", has_text="Legal")
        legal.get_by_role("button", name="wait", exact=True).click()
        expect(panel.get_by_text("a guess")).to_have_count(3)
        panel.get_by_role("button", name="All are right").click()
        expect(panel.get_by_text("a guess")).to_have_count(0)
        expect(panel.get_by_text("tables.work_items: the sheet Epics")).to_be_visible()
        panel.get_by_role("button", name="Write map.toml").click()
        expect(panel.get_by_text("Written to")).to_be_visible()
        assert (book.errors(), book.watch.console, book.watch.strangers) == ([], [], [])
    assert run(source, folder) == 0
    found = [(row["state"], row["class"], row.get("guessed", "")) for row in table(folder, "states")]
    assert ("Legal", "wait", "") in found and not [row for row in found if row[2]]
