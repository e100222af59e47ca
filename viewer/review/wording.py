"""Reasons of matching in words, with the names and numbers that a person needs to act."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from viewer.model.subject import MediaKey


class Case(msgspec.Struct, frozen=True):
    """What a sentence about one placement names.

    Args:
        reason: one of REASONS.
        key: what the export names.
        frame: frame number from 0, None without one.
        size: width and height as the export states them.
        real: width and height of the pixels found, None without pixels.
        class_id: the annotation's class.
        locked_reason: why it cannot be edited.
        is_doubtful: the pixels it is matched to name another study or series.
        is_listed: its exam is in the export's list.
        is_classed: its class is in the export, or it names none.
    """

    reason: str = ""
    key: MediaKey = MediaKey()
    frame: int | None = None
    size: tuple[int, int] | None = None
    real: tuple[int, int] | None = None
    class_id: str = ""
    locked_reason: str | None = None
    is_doubtful: bool = False
    is_listed: bool = True
    is_classed: bool = True


def sentence_of(case: Case) -> str:
    """Return one sentence, "" when there is nothing to say."""
    return _WORDS.get(case.reason, _care)(case)


def _not_loaded(case: Case) -> str:
    key = case.key
    if key.series is not None:
        what = f"Series {key.series} of exam {key.study}"
    elif key.study is not None:
        what = f"Exam {key.study}"
    else:
        what = f"Image {key.instance or key.entry}"
    return f"{what} is not open; open the folder that holds it."


def _missing(case: Case) -> str:
    key = case.key
    where = f"series {key.series}" if key.series is not None else f"exam {key.study}"
    return f"Image {key.instance} is not among the open images of {where}."


def _size(case: Case) -> str:
    return (
        f"The export says the image is {_by(case.size)} pixels, the open one is "
        f"{_by(case.real)}: the label would lie in the wrong place."
    )


def _unlisted(case: Case) -> str:
    return f"Exam {case.key.study} is not in the export's list of exams, and it is not open."


def _no_key(_case: Case) -> str:
    return "The record names no image, series or exam."


def _no_class(case: Case) -> str:
    return f"The export has no label {case.class_id}, so the shape has no known kind."


def _damaged(case: Case) -> str:
    return case.locked_reason or "The record cannot be understood; it is kept as it is."


def _no_frame(case: Case) -> str:
    return f"The open images have no frame {case.frame or 0} (counted from 0) of this object."


def _no_image(case: Case) -> str:
    key = case.key
    what = f"series {key.series}" if key.series is not None else f"exam {key.study}"
    return f"The record has a shape, but names only {what} and no image to draw it on."


def _several(case: Case) -> str:
    return (
        f"Several open images are called {case.key.instance}, and the record does not say which is"
        " meant; open the one that was labelled alone."
    )


def _care(case: Case) -> str:
    if case.is_doubtful:
        return (
            f"The record names series {case.key.series or 'unknown'} of exam {case.key.study}, but "
            "the header of its image names another: check that it is the right patient."
        )
    if not case.is_listed:
        return (
            f"Exam {case.key.study} is not in the export's list of exams; it is shown all the same."
        )
    if not case.is_classed:
        return f"The export has no label {case.class_id}; the annotation is kept and shown."
    return ""


def _by(size: tuple[int, int] | None) -> str:
    return f"{size[0]} x {size[1]}" if size else "of unknown size"


_WORDS: Mapping[str, Callable[[Case], str]] = {
    "series not loaded": _not_loaded,
    "instance missing": _missing,
    "size differs": _size,
    "exam not in list": _unlisted,
    "no media key": _no_key,
    "unknown class": _no_class,
    "damaged record": _damaged,
    "frame out of range": _no_frame,
    "no image named": _no_image,
    "several images": _several,
}
