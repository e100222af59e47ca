"""Where new labels go, and which record they are spelled like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.formats.redbrick.categories import list_of, parts_of
from viewer.formats.redbrick.layout import HolderPlace, Layout
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement


def holder_for(
    job: WriteJob, layout: Layout, annotation: Annotation
) -> tuple[HolderPlace, int, str]:
    """Return who holds a new label, its series' number there, and what is to be said of that.

    Raises:
        CannotWrite: its series is none of the export's, or several people labelled its task and
            its author is none of them.
    """
    entry = annotation.placements[0].media.entry or ""
    task, _, number = entry.rpartition("/")
    holders = layout.holders_of(task)
    name = named(job, annotation)
    if not holders or not number.isdecimal():
        raise CannotWrite(f"{name}: its series is not one of the export's.")
    if len(holders) == 1:
        return holders[0], int(number), ""
    of_author = [one for one in holders[1:] if one.author == annotation.author]
    agreed = [one for one in holders[1:] if one.agreed]
    if not of_author and not agreed:
        who = ", ".join(one.author for one in holders[1:])
        raise CannotWrite(
            f"{name}: several people labelled this task ({who}); a new label needs one of them "
            "as its author."
        )
    note = f"{name} was added to the agreed labels (superTruth) of its task."
    return (of_author or agreed)[0], int(number), "" if of_author else note


def last_of(job: WriteJob, name: str) -> int | None:
    """Return the start of the last record of this list anywhere in the file."""
    columns = job.base.columns
    mine = [n for n, id in enumerate(columns.classes) if list_of(parts_of(id)[0]) == name]
    rows = np.flatnonzero(np.isin(columns.class_codes, mine))
    return int(columns.starts[rows[-1]]) if len(rows) else None


def lost(job: WriteJob, annotation: Annotation) -> CannotWrite:
    """Return what is said of a label that stands in a damaged list, or in none of today's."""
    if annotation.locked_reason:
        return CannotWrite(
            f"{named(job, annotation)} cannot be deleted: {annotation.locked_reason}."
        )
    return CannotWrite(
        f"{named(job, annotation)} stands where the file breaks off or is damaged: nothing can be "
        "deleted or added there."
    )


def follows(placements: Sequence[Placement], number: int) -> bool:
    """Whether the next placement is on the next frame."""
    here, there = placements[number].index, placements[number + 1].index
    return here is not None and there is not None and there == here + 1
