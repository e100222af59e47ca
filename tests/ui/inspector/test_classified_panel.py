"""What is said of the whole exam, series and image shown is listed, followed and changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest
from asked import EVERY, SEEN
from composed import project_of_rows, row, volume
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from studies import shown
from windows import Person, dressed

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.table import AnnotationTable
from viewer.render.looks import ExportLook
from viewer.review.filtering import NO_FILTER, Filter
from viewer.review.fits import Fitting
from viewer.review.matching import match
from viewer.session.classifying import NO_CLASS, NOTHING_SHOWN, addable, classification_made
from viewer.session.commands import AddAnnotation
from viewer.session.session import Session
from viewer.ui.inspector.classified_panel import NOTHING_FITS, ClassifiedPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def said_project(folder: Path) -> Project:
    """One classification of the series, and one on each of the slices 2 and 3, all asked."""
    rows = [row("L_said", None, None), row("L_said", None, 2), row("L_said", None, 3), row()]
    opened = project_of_rows(folder, rows)
    base = opened.annotations.bases["1"]

    def decode(ordinal: int, /) -> Annotation:
        return msgspec.structs.replace(base.decode(ordinal), attributes=EVERY)

    bases = MappingProxyType({"1": replace(base, decode=decode)})
    return replace(opened, annotations=AnnotationTable(bases))


@pytest.fixture
def said(qtbot: QtBot, tmp_path: Path) -> Session:
    dressed()
    project, media = said_project(tmp_path), (volume(),)
    session = Session()
    session.open(project, media, (), match(project, media))
    session.viewing.set_crosshair((4.0, 4.0, 2.0))
    return session


@pytest.fixture
def panel(said: Session, qtbot: QtBot) -> ClassifiedPanel:
    made = ClassifiedPanel(said)
    qtbot.addWidget(made)
    shown(made, 260, 600)
    return made


def test_its_swatches_are_of_the_colour_that_the_export_is_drawn_in(
    said: Session, panel: ClassifiedPanel
) -> None:
    before = {card.swatch.accessibleName() for card in panel.cards}
    said.display.set_looks({"1": ExportLook(color="#12e45f")})
    tints = {card.swatch.accessibleName() for card in panel.cards}
    assert tints == {f"Colour {said.display.color_of(said.project, '1', 'L_said')}"} != before


def levels(panel: ClassifiedPanel) -> list[str]:
    return [head.text() for head in panel._heads.values()]


def test_it_follows_the_slice_and_says_of_what_each_is_said(said: Session, panel: ClassifiedPanel):
    assert levels(panel) == ["Series", "Slice 3"]
    assert [card._id for card in panel.cards] == [AnnotationId("1", 0), AnnotationId("1", 1)]
    said.viewing.set_crosshair((4.0, 4.0, 3.0))
    assert levels(panel) == ["Series", "Slice 4"]
    assert [card._id for card in panel.cards] == [AnnotationId("1", 0), AnnotationId("1", 2)]
    said.viewing.set_crosshair((4.0, 4.0, 5.0))
    assert levels(panel) == ["Series"]


def test_what_the_filter_of_the_list_leaves_out_is_not_listed_here_either(
    said: Session, panel: ClassifiedPanel
):
    said.display.set_filter(Filter(authors=frozenset({"ann"})), Fitting({"1": b"\0\1"}, {}))
    assert [card._id for card in panel.cards] == [AnnotationId("1", 1)]
    said.display.set_filter(Filter("no such"), Fitting({}, {}))
    assert NOTHING_FITS in [one.text() for one in panel.findChildren(QLabel)]
    said.display.set_filter(NO_FILTER)
    assert [card._id for card in panel.cards] == [AnnotationId("1", 0), AnnotationId("1", 1)]


def test_answers_are_given_there_too(said: Session, panel: ClassifiedPanel):
    said.set_mode("edit")
    card = panel.cards[1]
    rows = {r.field.accessibleName(): r.field for r in card.answers.form.rows}
    line = rows["Seen"]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "here")
    QTest.keyClick(line, Qt.Key.Key_Return)
    changed = said.project.annotations[AnnotationId("1", 1)].attributes
    assert next(a.value for a in changed if a.name == SEEN.name) == "here"
    assert len(said.history.steps) == 1


def test_a_click_selects_and_the_selected_one_is_told(said: Session, panel: ClassifiedPanel):
    QTest.mouseClick(panel.cards[0].title, Qt.MouseButton.LeftButton)
    assert said.selection == {AnnotationId("1", 0)}
    assert "selected" in panel.cards[0].title.accessibleName()


def test_what_is_typed_is_kept_when_the_slice_changes(said: Session, panel: ClassifiedPanel):
    said.set_mode("edit")
    rows = {r.field.accessibleName(): r.field for r in panel.cards[1].answers.form.rows}
    rows["Seen"].setFocus()
    rows["Seen"].selectAll()
    QTest.keyClicks(rows["Seen"], "late")
    said.viewing.set_crosshair((4.0, 4.0, 3.0))
    first, second = (said.project.annotations[AnnotationId("1", n)].attributes for n in (1, 2))
    assert [next(a.value for a in every if a.name == "Seen") for every in (first, second)] == [
        "late",
        "by eye",
    ]


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        ("instance", MediaKey("1.2", "1.2.3", "1.2.3.2")),
        ("series", MediaKey("1.2", "1.2.3")),
        ("study", MediaKey("1.2")),
    ],
)
def test_a_new_one_names_the_level_of_its_class(
    said: Session, panel: ClassifiedPanel, scope: str, key: MediaKey
):
    export = said.project.exports["1"]
    classes = tuple(
        msgspec.structs.replace(label, scope=scope, questions=(SEEN,))
        if label.id == "L_said"
        else label
        for label in export.ontology.classes
    )
    ontology = msgspec.structs.replace(export.ontology, classes=classes)
    exports = MappingProxyType({"1": replace(export, ontology=ontology)})
    said.history._start = replace(said.project, exports=exports)
    said._project_moved()
    assert [label.id for _, label in addable(said)] == ["L_said"]
    said.set_mode("edit")
    count = len(panel.cards)
    panel.add_label(("1", "L_said"))
    (new,) = said.selection
    made = said.project.annotations[new]
    assert made.placements[0].media == key
    assert made.placements[0].shape is None
    assert made.attributes == (SEEN,)
    assert len(panel.cards) == count + 1
    said.undo()
    assert len(panel.cards) == count


def test_what_has_no_name_for_a_level_gets_no_classification(said: Session):
    assert isinstance(classification_made(said, ("1", "L_said")), AddAnnotation)
    assert classification_made(said, ("1", "L_box")) == NO_CLASS
    assert classification_made(said, ("1", "gone")) == NO_CLASS
    assert classification_made(Session(), ("1", "L_said")) == NOTHING_SHOWN


def test_the_panel_stands_below_the_inspector_and_is_reached_by_keys(person: Person):
    panel = person.window.classified
    assert panel.isVisible()
    assert panel.mapTo(person.window, panel.rect().topLeft()).y() > 300
    assert panel.height() <= 0.45 * person.window.height()
    seen = set()
    for _ in range(14):
        person.key(Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        seen.add(focus is not None and panel.isAncestorOf(focus))
    assert True in seen
