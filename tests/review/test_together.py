"""What one export does not find itself is shown where others of its vendor have it, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from bound import project_of, scan

from viewer.media.volume import Media
from viewer.model.project import Entry, Project
from viewer.review.binding import NOTHING, Binding, Choice, Choices
from viewer.review.together import bind_all

CT, OTHER = scan(), scan("1.2.3.5", folder="mr", names="MR{:03}")
EXPORT = Entry("row", "row", ("MR001",), keys=("row", "key of row"))
IMPORT = Entry("key of row", "key of row", ("key of row",), keys=("key of row",))


def both(*lists: Sequence[Entry], formats: Sequence[str] = ("a", "a", "a")) -> Project:
    """Return a project of an export for each list of entries."""
    project = Project()
    for number, entries in enumerate(lists):
        own = project_of(entries, [], str(number))
        export = replace(
            own.exports[str(number)], format=formats[number], title=f"/some where/{number}.json"
        )
        project = project.with_export(export, own.annotations.bases[str(number)])
    return project


def bound(
    project: Project, export: str, media: Sequence[Media] = (CT, OTHER), **choices: Choices
) -> Binding:
    chosen = {name.removeprefix("of"): choice for name, choice in choices.items()}
    return bind_all(project, media, chosen)[export].bindings[0]


@pytest.mark.parametrize("order", [(EXPORT, IMPORT), (IMPORT, EXPORT)])
def test_an_entry_is_shown_where_another_export_has_it(order: tuple[Entry, Entry]):
    project = both(*([one] for one in order))
    number = order.index(IMPORT)
    found = bound(project, str(number))
    assert (found.index, found.strength) == (1, "likely")
    assert found.evidence == f"File name, told by {1 - number}.json"
    assert not found.is_open_question
    own = bound(project, str(1 - number))
    assert own.evidence == "File name"


def test_it_asks_where_no_other_export_has_it():
    for project in (
        both([IMPORT]),
        both([EXPORT], [IMPORT], formats=("a", "b")),  # another vendor's words mean other things
        both([Entry("key of row", "x", ("MR001",))], [IMPORT]),  # an id that is not its key
    ):
        found = bound(project, next(reversed(project.exports)))
        assert (found.index, found.is_open_question) == (-1, True)


def test_what_is_found_or_chosen_goes_before_what_is_told():
    named = Entry("row", "row", ("IM0003.dcm",), keys=("row",))
    assert bound(both([EXPORT], [named]), "1").index == 0
    nothing = Choices(entries={IMPORT.id: Choice(media=NOTHING)})
    assert bound(both([EXPORT], [IMPORT]), "1", of1=nothing).index == -1
    gone = Choices(entries={IMPORT.id: Choice(media="gone")})
    assert "which is not open" in bound(both([EXPORT], [IMPORT]), "1", of1=gone).evidence


def test_what_is_told_goes_before_what_is_found_by_its_place_alone():
    found = bound(both([EXPORT], [IMPORT]), "1", (OTHER,))
    assert (found.index, found.strength) == (0, "likely")
    assert bound(both([IMPORT]), "0", (OTHER,)).strength == "weak"


def test_a_choice_in_one_export_is_told_to_others():
    chosen = Choices(entries={EXPORT.id: Choice(media=CT.id)})
    found = bound(both([EXPORT], [IMPORT]), "1", of0=chosen)
    assert (found.index, found.strength) == (0, "likely")
    assert found.evidence == "Chosen by hand, told by 0.json"


def test_exports_that_differ_leave_the_question_open():
    other = Entry("row", "row", ("IM0003.dcm",), keys=("key of row",))
    found = bound(both([EXPORT], [other], [IMPORT]), "2")
    assert (found.index, found.is_ambiguous) == (-1, True)
    assert found.evidence.startswith("Other exports show it on different images")


def test_what_is_told_is_not_told_on_whatever_was_opened_first():
    middle = Entry("middle", "middle", ("elsewhere",), keys=("row", "other key"))
    last = Entry("last", "last", ("elsewhere",), keys=("row", "other key"))
    far = Entry("far", "far", ("elsewhere",), keys=("other key",))
    entries = (EXPORT, middle, last, far)
    for order in (entries, entries[::-1]):
        project = both(*([one] for one in order), formats="aaaa")
        found = {one.id: bound(project, str(at)) for at, one in enumerate(order)}
        words = f"File name, told by {order.index(EXPORT)}.json"
        assert found["middle"].evidence == found["last"].evidence == words
        assert found["far"].is_open_question
