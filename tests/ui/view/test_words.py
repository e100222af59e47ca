"""What stands in a view without images."""

from __future__ import annotations

import pytest
from bound import drawn, project_of

from viewer.errors import Issue
from viewer.model.project import Entry, Project
from viewer.review.matching import match
from viewer.session.session import Session
from viewer.ui.view.words import empty_message

DAMAGED = Issue("error", "video-refused", "a.mp4: none of its frames can be decoded.")
PLAN = Issue("note", "not-a-picture", "plan.dcm: radiotherapy plan; listed, not drawn.")
STRANGER = Issue("note", "not-dicom", "1 file is no picture and not shown (1 .md).")
NONE = Issue("error", "no-media", "No picture was found in here: open another folder.")


@pytest.mark.parametrize(
    ("issues", "said"),
    [
        ((DAMAGED, NONE), DAMAGED.sentence),
        ((PLAN, STRANGER, NONE), PLAN.sentence),
        ((PLAN, DAMAGED, NONE), f"{DAMAGED.sentence} 1 more: see Issues."),
        ((STRANGER, NONE), NONE.sentence),
        ((NONE,), NONE.sentence),
    ],
)
def test_an_empty_view_says_why_the_files_gave_no_picture(
    issues: tuple[Issue, ...], said: str
) -> None:
    session = Session()
    session.open(Project(), (), issues, match(Project(), ()))
    assert empty_message(session).text == said


def test_an_empty_view_of_nothing_says_what_to_do() -> None:
    assert "Ctrl+O" in empty_message(Session()).text


def test_labels_of_sound_or_text_alone_ask_for_no_folder() -> None:
    project = project_of([Entry("a", "a.mp3", unshown="audio")], [drawn("a", shape=None)])
    session = Session()
    session.open(project, (), (), match(project, ()))
    assert empty_message(session).title == "These labels are of no images"
