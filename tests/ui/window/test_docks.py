"""How the left dock is shared between media and labels."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from windows import Person

from viewer.errors import Issue
from viewer.model.project import Project
from viewer.ui.media.issues_panel import breakable


def media_height(person: Person) -> int:
    person.settle()
    return person.window.docks.split.sizes()[0]


def test_unfolded_problems_get_room_and_the_list_of_media_stays(person: Person) -> None:
    session = person.session
    sentences = [f"Slice {number} is broken; export it again." for number in range(40)]
    session.issues = tuple(Issue("error", "broken", words) for words in sentences)
    session.project_changed.emit()
    folded = media_height(person)
    person.window.media_panel.problems.fold.set_open(True)
    assert media_height(person) > folded
    assert person.window.media_panel.list.height() > 40
    assert person.window.media_panel.problems.sentences.height() >= 100
    person.window.media_panel.problems.fold.set_open(False)
    assert media_height(person) == folded


def test_an_unfolded_problem_of_some_lines_is_seen_whole(person: Person) -> None:
    session, problems = person.session, person.window.media_panel.problems
    session.issues = (Issue("error", "broken", "One label stands more than once in it. " * 5),)
    session.project_changed.emit()
    folded = media_height(person)
    problems.fold.set_open(True)
    assert media_height(person) > folded + 60
    assert problems.sentences.height() >= problems.sentences.sizeHint().height()


def test_an_issue_that_two_parts_report_is_one_problem(person: Person) -> None:
    session = person.session
    session.issues = (Issue("error", "broken", "It is."), Issue("error", "broken", "It is."))
    session.project_changed.emit()
    person.settle()
    assert person.window.media_panel.problems.sentences.text() == "It is."


def test_long_file_names_may_go_over_two_lines() -> None:
    assert breakable("emri_small_jpeg.dcm") == "emri_\u200bsmall_\u200bjpeg.dcm"
    assert breakable("A sentence with spaces, __dunder and end_.") == (
        "A sentence with spaces, __dunder and end_."
    )


def test_docks_that_a_small_window_squeezed_grow_back_and_widths_chosen_by_hand_stay(
    person: Person,
) -> None:
    window, docks = person.window, person.window.docks

    def widths(width: int) -> tuple[int, int]:
        window.resize(width, 800)
        person.settle()
        return docks.left.width(), docks.right.width()

    assert widths(1280) == (248, 260)
    for narrow in (1200, 1100, 1000, 960, 1100):
        widths(narrow)
    assert widths(1280) == (248, 260)
    window.resizeDocks([docks.left], [290], Qt.Orientation.Horizontal)
    person.settle()
    chosen = docks.left.width()
    assert chosen > 248
    widths(960)
    assert widths(1300)[0] == chosen


def test_a_higher_window_gives_more_rows_to_the_media(person: Person) -> None:
    window, session = person.window, person.session
    project = session.project
    session.open(project, session.media * 12, (), session.matches)
    person.settle()
    before = media_height(person)
    window.resize(1280, 1100)
    person.settle()
    assert media_height(person) > before + 60


def test_however_many_exports_are_open_media_and_labels_keep_rows(person: Person) -> None:
    window, session = person.window, person.session
    ((id, export),) = session.project.exports.items()
    heights: list[int] = []
    for count in (4, 20):
        more = {str(n): replace(export, id=str(n), title=f"{n}.json") for n in range(7, 6 + count)}
        project = Project({id: export, **more}, session.project.annotations)
        session.open(project, session.media * 12, (), session.matches)
        person.settle()
        heights.append(media_height(person))
        panel, row = window.media_panel, window.media_panel.list.sizeHintForRow(0)
        assert panel.list.height() >= 2.5 * row
        assert window.label_panel.height() >= window.docks.split.height() // 2 - 2
    assert abs(heights[1] - heights[0]) <= 20
