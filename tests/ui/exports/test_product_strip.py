"""The buttons of the export panel write what else can be made of an export."""

from __future__ import annotations

import json
from pathlib import Path

from format_cases import DATA
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from viewer.errors import CannotWrite
from viewer.formats import read_export
from viewer.formats.products import product_named
from viewer.model.project import Project
from viewer.review.matching import match
from viewer.session.session import Session
from viewer.ui.exports.panel import ExportPanel


def panel_of(qtbot: QtBot, project: Project) -> tuple[ExportPanel, list[str]]:
    session = Session()
    session.open(project, (), (), match(project, ()))
    panel = ExportPanel(session)
    qtbot.addWidget(panel)
    said: list[str] = []
    session.said.connect(said.append)
    return panel, said


def test_a_labelbox_export_has_a_button_for_each_of_its_products(qtbot: QtBot, tmp_path: Path):
    panel, said = panel_of(qtbot, read_export(DATA / "labelbox" / "everything.json"))
    assert list(panel.products.buttons) == ["import", "masks"]
    product = product_named(panel._shown, "import")
    panel.products.write(product, str(tmp_path / "rows.ndjson"))
    rows = [json.loads(line) for line in (tmp_path / "rows.ndjson").read_text().splitlines()]
    assert rows
    assert said[-1].startswith(f"rows.ndjson is written, {len(rows)} rows")
    assert "Not in it: " in said[-1]
    assert "Not in it: " in panel.products.report.text()
    assert not panel.products.report.isHidden()


def test_the_place_is_asked_and_nothing_is_written_when_it_is_not_given(
    qtbot: QtBot, tmp_path: Path
):
    panel, said = panel_of(qtbot, read_export(DATA / "labelbox" / "everything.json"))

    def leave() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        dialog.reject()

    QTimer.singleShot(200, leave)
    panel.products.buttons["masks"].click()
    assert said == []


def test_an_mdai_export_has_its_lists_for_import(qtbot: QtBot):
    panel, _ = panel_of(qtbot, read_export(DATA / "mdai" / "all_modes.json"))
    assert list(panel.products.buttons) == ["import", "import-all"]


def test_other_exports_have_no_buttons(qtbot: QtBot):
    panel, _ = panel_of(qtbot, read_export(DATA / "redbrick" / "tasks.json"))
    assert panel.products.buttons == {}
    assert not panel.products.isVisibleTo(panel)


def test_why_it_cannot_be_written_is_said(qtbot: QtBot):
    panel, said = panel_of(qtbot, read_export(DATA / "labelbox" / "everything.json"))
    panel.products._failed(CannotWrite("No."))
    assert said == ["No."]
