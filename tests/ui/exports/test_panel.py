"""The export panel says all that an export says, and stays quick however much that is."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from PySide6.QtCore import QModelIndex
from pytestqt.qtbot import QtBot
from studies import shown

from viewer.demo import LABELBOX_FOLDER, REDBRICK_FOLDER, demo_folder
from viewer.errors import Issue
from viewer.formats import read_export
from viewer.model.annotation import AnnotationId
from viewer.model.answers import Attribute
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.project import Entry, Export, Project
from viewer.review.matching import match
from viewer.session.session import Session
from viewer.ui.exports.nodes import export_nodes, found_nodes
from viewer.ui.exports.panel import ExportPanel
from viewer.ui.widgets.tree_nodes import MOST_CHILDREN, Node

QUESTION = Attribute("Edge", None, "edge", "choice", ("soft", "hard"))
CLASSES = (
    LabelClass("a", "Organ", color="#00ff00", kind="mask", description="any organ"),
    LabelClass("b", "Kidney", kind="mask", parent="a", questions=(QUESTION,)),
    LabelClass("c", "Loop", parent="c"),
)


def export_of(entries: int) -> Export:
    made = (
        Entry(f"row-{n}", f"case {n}.mp4", (f"case {n}.mp4",), kind="video", count=n)
        for n in range(entries)
    )
    return Export(
        "1", "none", "many.json", (), Ontology(CLASSES), entries=tuple(made),
        authors={"U_1": "Reader"}, facts=(("project", "Livers"),),
        issues=(Issue("warning", "x", "Something is odd."),),
    )  # fmt: skip


def project_of(export: Export) -> Project:
    return Project(exports=MappingProxyType({export.id: export}))


def below(node: Node) -> dict[str, Node]:
    return {child.key: child for child in (node.below() if node.below else ())}


def test_the_demo_export_is_told_with_its_files_classes_and_people(session: Session):
    (export,) = session.project.exports.values()
    sections = {node.key: node for node in export_nodes(session.project, export)}
    (file,) = below(sections["Files"]).values()
    facts = {key: node.text for key, node in below(file).items()}
    assert facts["SHA-256"] == export.sources[0].sha256
    assert facts["Size"] == f"{len(export.sources[0].base):,} bytes"
    assert sections["Classes"].text == str(len(export.ontology.classes))
    assert set(below(sections["People"])) >= set(export.authors.values())
    keys = below(sections["All other keys"])
    assert "labelGroups" in keys
    assert not any("annotations" in key for key in keys)


def test_classes_stand_below_their_parents_with_what_is_asked_of_them():
    export = export_of(0)
    sections = {node.key: node for node in export_nodes(project_of(export), export)}
    classes = below(sections["Classes"])
    assert set(classes) == {"Organ", "Loop"}
    organ = below(classes["Organ"])
    assert organ["Description"].text == "any organ"
    assert below(organ["Kidney"])["Edge"].text == "choice: soft, hard"
    assert classes["Organ"].color == "#00ff00"


def test_a_hundred_thousand_media_are_rows_in_stretches_and_are_found():
    export = export_of(100_000)
    project = project_of(export)
    media = next(node for node in export_nodes(project, export) if node.key == "Media")
    assert media.below is not None
    stretches = media.below()
    assert len(stretches) <= MOST_CHILDREN
    assert stretches[-1].below is not None
    assert stretches[-1].below()[-1].key == "case 99999.mp4"
    (section,) = found_nodes(project, export, "CASE 99998")
    assert section.below is not None
    assert [node.key for node in section.below()] == ["case 99998.mp4"]
    assert found_nodes(project, export, "nowhere") == ()


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> ExportPanel:
    made = ExportPanel(session)
    qtbot.addWidget(made)
    shown(made, 300, 700)
    return made


def keys_of(panel: ExportPanel, above: QModelIndex | None = None) -> list[str]:
    index = above if above is not None else QModelIndex()
    model = panel.tree.nodes
    return [model.index(row, 0, index).data() for row in range(model.rowCount(index))]


def test_typing_searches_and_an_emptied_field_shows_all_again(panel: ExportPanel, qtbot: QtBot):
    whole = keys_of(panel)
    assert {"Files", "Classes", "People"} <= set(whole)
    panel.search.setText("liver")
    qtbot.waitUntil(lambda: keys_of(panel) != whole)
    sections = keys_of(panel)
    assert "Classes" in sections
    row = panel.tree.nodes.index(sections.index("Classes"), 0)
    assert any("Liver" in key for key in keys_of(panel, row))
    panel.search.setText("nothing is called so")
    qtbot.waitUntil(lambda: keys_of(panel) == ["Nothing fits"])
    panel.search.clear()
    qtbot.waitUntil(lambda: keys_of(panel) == whole)


def test_the_issues_are_a_link(session: Session, qtbot: QtBot):
    (export,) = session.project.exports.values()
    odd = replace(export, issues=(Issue("warning", "x", "Something is odd."),))
    session.history._start = replace(session.project, exports=MappingProxyType({export.id: odd}))
    panel = ExportPanel(session)
    qtbot.addWidget(panel)
    shown(panel, 300, 700)
    row = keys_of(panel).index("Issues")
    index = panel.tree.nodes.index(row, 1)
    assert index.data() == "1 issue"
    with qtbot.waitSignal(panel.issues_asked, timeout=1000):
        panel.tree.clicked.emit(index)


def test_it_shows_the_export_of_the_label_that_is_selected(session: Session, qtbot: QtBot):
    folder = demo_folder()[1].parent
    paths = (folder / LABELBOX_FOLDER / "thorax_export_v2.ndjson", folder / REDBRICK_FOLDER)
    project = read_export(str(paths[0]), str(paths[1] / "tasks.json"))
    session.open(project, session.media, (), match(project, session.media))
    panel = ExportPanel(session)
    qtbot.addWidget(panel)
    shown(panel, 300, 700)
    assert panel.box.currentText() == "thorax_export_v2.ndjson"
    first, second = project.exports
    session.select([AnnotationId(second, 0)])
    assert panel.box.currentText() == "tasks.json"
    panel.hide()
    session.select([AnnotationId(first, 0)])
    assert panel.box.currentText() == "tasks.json"
    panel.show()
    assert panel.box.currentText() == "thorax_export_v2.ndjson"
    session.select([AnnotationId(first, 0), AnnotationId(second, 0)])
    assert panel.box.currentText() == "thorax_export_v2.ndjson"


def test_people_are_told_from_models_and_from_what_was_agreed_on(session: Session):
    (export,) = session.project.exports.values()
    told = replace(export, author_kinds={"Reader A": "agreed", "Reader B": "model"})
    nodes = {node.key: node for node in export_nodes(session.project, told)}
    people = below(nodes["People"])
    assert people["Reader A"].text.endswith(" labels, agreed")
    assert people["Reader B"].text.endswith(" labels, model")
    assert people["Zoë Müller"].text.endswith(" labels")
