"""The edit plan of a changed MD.ai export."""

from __future__ import annotations

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob, WritePlan


def plan(job: WriteJob) -> WritePlan:
    """Return the edits that make the file say what the project says.

    Raises:
        CannotWrite: MD.ai's format cannot hold one of the edits; names the labels.
    """
    if job.edits:
        raise CannotWrite("Edited MD.ai exports cannot be written yet.")
    return WritePlan({})
