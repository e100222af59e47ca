"""What can be done with each kind of label of each vendor, and the tests that show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Vendor = Literal["mdai", "labelbox", "redbrick", "encord", "datagym"]
Place = Literal["image", "slice", "plane", "frame", "video"]

VENDORS: Mapping[Vendor, str] = {
    "mdai": "MD.ai",
    "labelbox": "Labelbox",
    "redbrick": "RedBrick AI",
    "encord": "Encord",
    "datagym": "DATAGYM",
}
PLACES: Mapping[str, Place] = {
    "I": "image",
    "S": "slice",
    "P": "plane",
    "M": "frame",
    "V": "video",
}
NONE, LISTED, LOST, YES = "–", "listed", "lost", "yes"


@dataclass(frozen=True)
class Cell:
    """One cell of the table.

    Args:
        text: letters of PLACES; those between brackets are read and shown only. Or NONE, or words.
        tests: node ids that show what the text says besides the places of a shape: those, and the
            places that are missing, `test_features.py` tries itself.
    """

    text: str
    tests: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Where a label is read, shown, changed and written."""
        whole = self.text.partition("(")[0].split()
        return tuple(PLACES[letter] for letter in whole if letter in PLACES)


Row: TypeAlias = tuple[str, Mapping[Vendor, Cell]]


class Step(NamedTuple):
    """A place of a cell that `test_features.py` takes through all steps."""

    vendor: Vendor
    shape: str
    place: Place


def _of(vendor: Vendor, text: str, *tests: str) -> Cell:
    """Return a cell that tests of its vendor's format show; each is file::test."""
    named = (f"tests/formats/{vendor}/test_{vendor}_{test}" for test in tests)
    return Cell(text, tuple(named))


_SHAPES: Mapping[str, tuple[str | Cell, ...]] = {
    "box": ("I S M V", "I V", "I S M V", "I S M V", "I V"),
    "rotated box": (NONE, NONE, NONE, "I S M V", NONE),
    "ellipse, circle": ("I S M V", NONE, "I S M V", "I S M V", NONE),
    "ellipse at an angle": (NONE, NONE, "I S M V", "I S M V", NONE),
    "polygon, freehand": ("I S M V", "I V", "I S M V", "I S M V", "I"),
    "polygon with holes": (NONE, NONE, NONE, "I S M V", "I"),
    "several regions": (NONE, NONE, NONE, "I S M V", NONE),
    "line": ("I S M V", "I S P M V", "I S M V", "I S M V", "I"),
    "point": (
        "I S M V",
        "I V",
        _of(
            "redbrick",
            "I V (S M)",
            "writing.py::test_a_number_follows_the_spelling_before_it",
        ),
        "I S M V",
        "I V",
    ),
    "skeleton": (NONE, NONE, NONE, "I S M V", NONE),
    "mask": (
        "I S M V",
        "I S P M V",
        "I S M",
        "I S M V",
        _of(
            "datagym",
            "(I)",
            "maps.py::test_a_map_is_found_by_its_task_or_picture_and_class",
            "maps.py::test_a_map_is_locked_and_its_address_stays",
        ),
    ),
    "landmark in 3-D": (NONE, NONE, "S P M", NONE, NONE),
    "length": (NONE, NONE, "I S P M", NONE, NONE),
    "angle": (NONE, NONE, "I S P M", NONE, NONE),
    "cuboid": (
        NONE,
        _of(
            "labelbox",
            LISTED,
            "reading.py::test_geometry_is_told_by_its_key_and_odd_kinds_are_carried",
        ),
        "S P M",
        _of(
            "encord",
            LISTED,
            "reading.py::test_a_cuboid_has_eight_corners_and_can_only_be_looked_at",
        ),
        NONE,
    ),
}
_OTHERS: Mapping[str, tuple[str | Cell, ...]] = {
    "one object on many frames": (
        _of(
            "mdai",
            "linked",
            "videos.py::test_labels_of_one_group_are_one_object",
            "videos.py::test_interpolated_rows_are_between_and_a_change_makes_them_drawn",
        ),
        _of(
            "labelbox",
            "S P M V",
            "reading.py::test_frames_between_keys_are_derived_inside_the_segments_alone",
            "writing.py::test_a_frame_cut_out_of_a_track_divides_its_segment",
        ),
        _of(
            "redbrick",
            "M V",
            "reading.py::test_labels_of_one_track_are_one_annotation",
            "track_edits.py::test_an_edited_key_changes_the_frames_between",
        ),
        _of(
            "encord",
            "S M V",
            "reading.py::test_an_object_on_many_frames_is_a_track_of_stored_frames",
            "writing.py::test_frames_that_are_left_leave_the_ranges_of_answers",
        ),
        _of(
            "datagym",
            "V",
            "videos.py::test_objects_are_seen_on_the_frames_listed_and_drawn_on_their_key_frames",
            "videos.py::test_edited_objects_read_back_as_they_were_edited",
        ),
    ),
    "answers of a label, nested": (
        NONE,
        _of(
            "labelbox",
            YES,
            "reading.py::test_answers_are_nested_inside_answers",
            "writing.py::test_an_answer_two_levels_down_changes_there_alone",
        ),
        _of(
            "redbrick",
            YES,
            "reading.py::test_answers_have_kinds_and_a_missing_one_is_open",
            "writing.py::test_answers_change_in_their_own_type",
        ),
        _of(
            "encord",
            YES,
            "reading.py::test_nested_answers_stand_below_their_option_and_others_can_be_given",
            "writing.py::test_static_answers_are_changed_given_and_taken_away",
        ),
        _of(
            "datagym",
            YES,
            "reading.py::test_answers_are_read_by_the_type_of_their_class",
            "reading.py::test_an_edited_answer_changes_its_own_list_alone",
        ),
    ),
    "said of an image or frame": (
        _of(
            "mdai",
            YES,
            "writing.py::test_new_rows_have_the_uids_of_their_scope_and_never_null",
            "videos.py::test_what_is_drawn_anew_gets_the_uids_of_its_video_or_object",
        ),
        _of(
            "labelbox",
            YES,
            "writing.py::test_a_new_classification_stands_where_its_kind_does",
            "writing.py::test_answers_of_one_frame_change_there_alone",
        ),
        _of(
            "redbrick",
            YES,
            "reading.py::test_a_frame_classification_names_its_file",
            "writing.py::test_classifications_of_study_series_and_frame_are_answered",
        ),
        _of(
            "encord",
            YES,
            "reading.py::test_classifications_of_both_generations_are_read",
            "classifications.py::test_a_new_classification_has_its_frames_in_the_list_and_in_the_range",
        ),
        _of(
            "datagym",
            YES,
            "reading.py::test_answers_are_read_by_the_type_of_their_class",
            "reading.py::test_an_edited_answer_changes_its_own_list_alone",
        ),
    ),
    "said of a series or video": (
        _of(
            "mdai",
            YES,
            "writing.py::test_new_rows_have_the_uids_of_their_scope_and_never_null",
            "videos.py::test_what_is_drawn_anew_gets_the_uids_of_its_video_or_object",
        ),
        _of("labelbox", YES, "writing.py::test_a_new_classification_stands_where_its_kind_does"),
        _of(
            "redbrick",
            YES,
            "reading.py::test_classifications_have_their_scope_and_answers",
            "writing.py::test_classifications_of_study_series_and_frame_are_answered",
        ),
        Cell(YES, ("tests/test_features.py::test_what_encord_says_of_a_whole_video_is_answered",)),
        _of("datagym", LOST, "videos.py::test_a_global_answer_of_a_video_is_said_to_be_lost"),
    ),
    "said of an exam or task": (
        _of(
            "mdai",
            YES,
            "writing.py::test_new_rows_have_the_uids_of_their_scope_and_never_null",
            "videos.py::test_a_label_of_an_exam_of_videos_alone_is_shown_on_each_of_them",
        ),
        NONE,
        _of(
            "redbrick",
            YES,
            "reading.py::test_classifications_have_their_scope_and_answers",
            "writing.py::test_a_study_gets_one_classification",
        ),
        NONE,
        NONE,
    ),
}


def rows() -> Iterator[Row]:
    """Yield the rows of the table."""
    for shape, cells in (*_SHAPES.items(), *_OTHERS.items()):
        made = (cell if isinstance(cell, Cell) else Cell(cell) for cell in cells)
        yield shape, dict(zip(VENDORS, made, strict=True))


def steps() -> list[Step]:
    """Return every place where a shape is drawn, shown, changed and written."""
    return [
        Step(vendor, shape, place)
        for shape, cells in rows()
        for vendor, cell in cells.items()
        for place in cell.places
        if shape in _SHAPES
    ]


def markdown() -> str:
    """Return the table as README has it."""
    titles = ["", *VENDORS.values()]
    lines = [titles, ["---"] * len(titles)]
    lines += [[shape, *(cell.text for cell in cells.values())] for shape, cells in rows()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
