"""The labels that one belongs together with, in the inspector."""

from __future__ import annotations

import msgspec
from composed import cine
from format_cases import DATA
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studies import MADE, ids_of, shown

from viewer.formats import read_export
from viewer.model.annotation import AnnotationId, Relation
from viewer.review.matching import match
from viewer.session.commands import DeleteAnnotations
from viewer.session.session import Session
from viewer.ui.inspector.inspector import Inspector
from viewer.ui.inspector.related_part import MOST_RELATED, Related, RelatedPart, related_to


def relate(session: Session, *relations: Relation) -> None:
    """Let the export say these relations."""
    project = session.project
    for relation in relations:
        for id in (relation.source, relation.target):
            label = project.annotations[id]
            told = msgspec.structs.replace(label, relations=(*label.relations, relation))
            project = project.with_annotation(told)
    session.open(project, session.media, (), match(project, session.media))


def test_a_relation_is_listed_at_both_ends_and_leads_to_the_other(
    session: Session, inspector: Inspector
) -> None:
    nodule, liver = ids_of(session, "Nodule box")[0], ids_of(session, "Liver")[0]
    relate(session, Relation("feeds", nodule, liver))
    part = inspector.label.related
    session.select([nodule])
    assert inspector.label.sections["Related"].isVisible()
    (link,) = part.links
    assert link.related.text.startswith("feeds: Liver · ")
    assert link.related.icon == "arrow-right"
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert session.selection == {liver}
    assert session.slice in {place.slice for place in session.matches.of(liver)}
    (back,) = part.links
    assert back.related.icon == "arrow-left"
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert session.selection == {nodule}


def test_a_models_output_and_the_label_copied_from_it_lead_to_each_other(
    session: Session, inspector: Inspector
) -> None:
    project = read_export(DATA / "mdai" / "videos.json", DATA / "mdai" / "model_outputs.json")
    media = (cine({"1.2.3.1.1.1": 0}, 1, "1.2.3.1.1", "1.2.3.1"),)
    session.open(project, media, (), match(project, media))
    copy, output = AnnotationId("1", 4), AnnotationId("2", 0)
    part = inspector.label.related
    for chosen, other, words in ((output, copy, "copied as"), (copy, output, "made from")):
        session.select([chosen])
        (link,) = part.links
        assert link.related.words == words
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
        QApplication.processEvents()
        assert session.selection == {other}


def test_labels_without_others_have_no_such_section(session: Session, inspector: Inspector) -> None:
    session.select(ids_of(session, "Liver")[:1])
    assert inspector.label.sections["Related"].isHidden()


def test_a_relation_of_both_ways_says_so_and_one_that_was_deleted_is_gone(
    session: Session, inspector: Inspector
) -> None:
    one, other = ids_of(session, "Liver")[:2]
    relate(session, Relation("", one, other, directed=False))
    (found,) = related_to(session, session.project.annotations[one])
    assert (found.words, found.icon) == ("", "arrows-left-right")
    assert found.text == found.title
    session.do(DeleteAnnotations((other,), (), MADE))
    assert related_to(session, session.project.annotations[one]) == ()


def test_parents_and_children_are_listed(session: Session) -> None:
    annotations = session.project.annotations
    child = next(id for id in annotations if annotations[id].parent is not None)
    parent = annotations[child].parent
    assert parent is not None
    above = related_to(session, annotations[child])
    assert (parent, "child of") in {(each.id, each.words) for each in above}
    below = related_to(session, annotations[parent])
    assert (child, "parent of") in {(each.id, each.words) for each in below}


def test_of_very_many_the_first_are_listed_and_the_rest_counted(qtbot: QtBot) -> None:
    part = RelatedPart()
    qtbot.addWidget(part)
    ids = (AnnotationId("1", n) for n in range(MOST_RELATED + 7))
    part.show_related(tuple(Related(id, "with", "arrow-right", "Nodule") for id in ids))
    shown(part, 260, 400)
    assert len(part.links) == MOST_RELATED
    assert part._rest.text().startswith("and 7 more")


def test_long_names_give_way_and_stay_whole_in_the_tooltip(qtbot: QtBot) -> None:
    part = RelatedPart()
    qtbot.addWidget(part)
    name = "a vessel & all that hangs on it, " * 4
    part.show_related((Related(AnnotationId("1", 0), "feeds", "arrow-right", name),))
    shown(part, 220, 60)
    (link,) = part.links
    assert link.text().endswith("…")
    assert name in link.toolTip()
