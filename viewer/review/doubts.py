"""What a person must know before trusting the labels on some images."""

from __future__ import annotations

from viewer.model.annotation import AnnotationId
from viewer.review.matching import Matches
from viewer.review.wording import REPORT


def doubt_words(matches: Matches, media: int) -> str:
    """Return what is doubtful of the labels on a media, without a full stop; "" for nothing."""
    said = [*label_doubts(matches, media), *entry_doubts(matches, media)]
    if said and matches.lookup.bindings:
        said.append(f"see {REPORT}")
    return " · ".join(said)


def entry_doubts(matches: Matches, media: int) -> list[str]:
    """Return what is doubtful of the entries shown on a media: how they were found, what differs.

    The page of labels and images says it of each entry in its own words.
    """
    said: list[str] = []
    unsure = unsure_on(matches, media)
    if unsure:
        stand = "1 label stands" if unsure == 1 else f"{unsure:,} labels stand"
        said.append(f"{stand} here by size or order alone")
    odd = matches.lookup.mismatched.get(media, 0)
    if odd and any(rows.labels_on.get(media, 0) for rows in matches.rows.values()):
        say = "1 entry of the export does" if odd == 1 else f"{odd:,} entries of the export do"
        said.append(f"{say} not agree with these images")
    return said


def label_doubts(matches: Matches, media: int) -> list[str]:
    """Return what is doubtful of single labels on a media."""
    said: list[str] = []
    doubtful = doubtful_on(matches, media)
    if doubtful:
        names = "1 label here names" if doubtful == 1 else f"{doubtful:,} labels here name"
        said.append(f"{names} another study or series than these images")
    astray = sum(rows.astray_on.get(media, 0) for rows in matches.rows.values())
    if astray:
        are = "1 label is" if astray == 1 else f"{astray:,} labels are"
        said.append(f"{are} shown by file, though frames count otherwise")
    off = sum(rows.kept_off.get(media, 0) for rows in matches.rows.values())
    if off:
        are = "1 label of these images is" if off == 1 else f"{off:,} labels of these images are"
        said.append(f"{are} not shown, since slices or sides are counted otherwise")
    if matches.solids is not None:
        said += matches.solids.doubts.get(media, ())
    return said


def doubtful_on(matches: Matches, media: int) -> int:
    """Return how many stored labels name another study or series than the media's headers.

    They were matched by their image's UID alone; somebody should look at the patient.
    """
    return sum(rows.doubtful_on.get(media, 0) for rows in matches.rows.values())


def unsure_on(matches: Matches, media: int) -> int:
    """Return how many stored labels are shown on a media by size or order alone."""
    return sum(rows.unsure_on.get(media, 0) for rows in matches.rows.values())


def is_doubtful(matches: Matches, id: AnnotationId, placement: int) -> bool:
    """Whether a placement is shown by little evidence, or against what the headers say."""
    outcomes, rows = matches.outcomes_of(id), matches.rows.get(id.export)
    row = placement
    if outcomes is None and rows is not None and not id.new:
        outcomes, row = rows.outcomes, rows.of(id.ordinal).start + placement
    if outcomes is None or row >= len(outcomes.media):
        return False
    return bool(outcomes.unsure[row] or outcomes.doubtful[row] or outcomes.astray[row])
