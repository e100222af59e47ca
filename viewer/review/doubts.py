"""What a person must know before trusting the labels on some images."""

from __future__ import annotations

from viewer.review.matching import Matches
from viewer.review.wording import REPORT


def doubt_words(matches: Matches, media: int) -> str:
    """Return what is doubtful of the labels on a media, without a full stop; "" for nothing."""
    said: list[str] = []
    doubtful = matches.doubtful_on_media(media)
    if doubtful:
        names = "1 label here names" if doubtful == 1 else f"{doubtful:,} labels here name"
        said.append(f"{names} another study or series than these images")
    unsure = matches.unsure_on_media(media)
    if unsure:
        stand = "1 label stands" if unsure == 1 else f"{unsure:,} labels stand"
        said.append(f"{stand} here by size or order alone")
    astray = matches.astray_on_media(media)
    if astray:
        are = "1 label is" if astray == 1 else f"{astray:,} labels are"
        said.append(f"{are} shown by file, though frames count otherwise")
    off = matches.kept_off_media(media)
    if off:
        are = "1 label of these images is" if off == 1 else f"{off:,} labels of these images are"
        said.append(f"{are} not shown, since slices or sides are counted otherwise")
    odd = matches.lookup.mismatched.get(media, 0)
    if odd and any(rows.labels_on.get(media, 0) for rows in matches.rows.values()):
        say = "1 entry of the export does" if odd == 1 else f"{odd:,} entries of the export do"
        said.append(f"{say} not agree with these images")
    if matches.solids is not None:
        said += matches.solids.doubts.get(media, ())
    if said and matches.lookup.bindings:
        said.append(f"see {REPORT}")
    return " · ".join(said)
