"""Labels that were edited on pictures of another size than those that are open by now."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, nullcontext

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.model.annotation import Annotation
from viewer.model.track import Track


@contextmanager
def read_as_edited(job: WriteJob, annotation: Annotation) -> Generator[None]:
    """Have records read by the size of the picture that a label was edited on.

    An edited shape counts that picture's pixels. Compared with a record read by another size, it
    could look as if nothing was changed.

    Raises:
        CannotWrite: its frames were edited on pictures of several sizes.
    """
    placements, told = annotation.placements, job.base.told
    edited = placements.changed.values() if isinstance(placements, Track) else placements
    sizes = {(one.media.entry, one.size) for one in edited}
    known = [(entry, size) for entry, size in sizes if entry is not None and size is not None]
    if len(known) > 1:
        raise CannotWrite(
            f"{named(job, annotation)} was edited on pictures of several sizes; undo what was done "
            "on one of them."
        )
    if not known:
        yield
        return
    ((entry, size),) = known
    is_other = told.of(entry).size not in (None, size)  # None: the export states it
    with told.with_size(entry, size).in_effect() if is_other else nullcontext():
        yield
