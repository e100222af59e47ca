"""Where the voxels of segmentations lie: files beside tasks.json, in one of several variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from viewer.errors import CannotRead
from viewer.formats.json_tools import Bytes, is_list, is_object, text_of
from viewer.formats.problems import few
from viewer.formats.redbrick.categories import category_of_value
from viewer.formats.redbrick.entries import items_of
from viewer.formats.redbrick.labels import members_of
from viewer.formats.redbrick.layout import HolderPlace, Object
from viewer.formats.redbrick.mask_claims import Claims, names_of, records_of
from viewer.formats.redbrick.mask_colors import CLASS_MAP, MaskColors
from viewer.formats.redbrick.old_labels import instance_of_raw
from viewer.formats.redbrick.records import NULL, Series
from viewer.formats.redbrick.shapes import record_of
from viewer.model.source import Beside

Variant = Literal["NIfTI", "PNG", "MetaImage", "DICOM", "other"]
_ENDINGS: tuple[tuple[tuple[str, ...], Variant], ...] = (
    ((".nii", ".nii.gz"), "NIfTI"),
    ((".png",), "PNG"),
    ((".mhd", ".mha", ".zraw", ".raw"), "MetaImage"),
    ((".dcm",), "DICOM"),
)
_DEEPEST = 64  # folders of a name that are looked for
_DIGITS = 9  # of a key; voxel values have five at most
_NOT_READ: Mapping[Variant, str] = {
    "DICOM": "DICOM segmentations and structure sets",
    "MetaImage": "MetaImages without their data file",
    "NIfTI": "several NIfTI files of one label",
    "PNG": "several pictures of one label",
}
OF_TASK = "its segmentMap is that of its whole task, as in old exports; it is shown, not changed"
NO_MASK_FILE = "the export names no mask file for it"


@dataclass(frozen=True)
class Segments:
    """What the voxels of one record of a segmentMap are.

    Args:
        names: files that hold them, as the export names them; those of a MetaImage are two.
        values: voxel values that belong to it; () where every value but 0 does.
        shared: the files hold other records' voxels too.
        is_empty: there is no file since there is no voxel, as exports of a file each have it.
        unclaimed: files of which the export does not say whose they are, where it has none.
    """

    names: tuple[str, ...]
    variant: Variant
    values: tuple[int, ...]
    shared: bool
    is_empty: bool = False
    unclaimed: tuple[str, ...] = ()

    @property
    def is_colored(self) -> bool:
        """The file is a picture in which colours tell the records apart."""
        return self.shared and self.variant == "PNG"


def segments_of(
    series: Series,
    instance: str,
    record: object,
    colors: MaskColors | None = None,
    claims: Claims | None = None,
) -> Segments:
    """Return where the voxels of an instance lie.

    Args:
        instance: its key in the segmentMap, the voxel value in a shared file.
        colors: of classes, which tell instances apart in a picture of colours.
        claims: of the series, where many of its instances are asked for.
    """
    names = names_of(record)
    if series.binary_mask:
        return _alone(claims or Claims(series), instance, record, names)
    names = names or tuple(items_of(series.segmentations))
    variant = variant_of(names)
    groups = () if series.semantic_mask else groups_of(record)
    if variant == "PNG":
        values = _colored(record, groups, colors)
    else:
        number = number_of_key(instance)
        values = (number, *groups) if number else ()
    return Segments(names, variant, values, shared=True)


def _alone(claims: Claims, instance: str, record: object, names: tuple[str, ...]) -> Segments:
    """Return where the voxels of an instance lie that has files of its own."""
    is_unnamed = not names and not (is_object(record) and record.get("mask") is not None)
    others: tuple[str, ...] = ()
    if is_unnamed:
        names, others = claims.of(instance)
    is_empty = is_unnamed and not (names or others) and is_object(record)
    is_empty = is_empty and number_of_key(instance) > 0
    return Segments(names, variant_of(names), (), False, is_empty, others)


def _colored(record: object, groups: tuple[int, ...], colors: MaskColors | None) -> tuple[int, ...]:
    """Return the numbers of an instance's colour, and of what it shares with others."""
    own = colors.number_of(category_of_value(record)) if colors else None
    if colors is None or own is None:
        return ()
    return (own, colors.white) if groups and colors.white else (own,)


def number_of_key(key: str) -> int:
    """Return the voxel value that a key of a segmentMap is; 0, which is nothing, for no number."""
    return int(key) if key.isdecimal() and len(key) <= _DIGITS else 0


def groups_of(record: object) -> tuple[int, ...]:
    """Return the voxel values that an instance lists as shared with others."""
    found = record.get("overlappingGroups") if is_object(record) else None
    numbers = [one for one in found if isinstance(one, int)] if is_list(found) else []
    return tuple(one for one in numbers if one > 0 and not isinstance(one, bool))


def segments_of_task(
    base: Bytes, task: HolderPlace, place: tuple[int, int], start: int, record: object
) -> Segments:
    """Return where the voxels lie of an instance that is listed for a whole task.

    Args:
        task: holds the record, and maybe the names of the files.
        place: number of the series, and how many the task has.
        start: of the record.
    """
    number, count = place
    whole = series_of(base, task.at)
    found = series_of(base, task.series[number]) if number < len(task.series) else Series()
    files = items_of(whole.segmentations)
    if found.segmentations == NULL and len(files) == count:
        found.segmentations = msgspec.Raw(msgspec.json.encode(files[number]))
    elif found.segmentations == NULL and number == 0:
        found.segmentations = whole.segmentations
    found.binary_mask = whole.binary_mask if found.binary_mask is None else found.binary_mask
    found.semantic_mask = found.semantic_mask or whole.semantic_mask
    raw = instance_of_raw(record) if is_object(record) else ""
    if raw and not files:
        found.segmentations = _mapped(base, task.at, number)
    return segments_of(found, raw or key_before(base, start), record)


def _mapped(base: Bytes, task: Object, number: int) -> msgspec.Raw:
    """Return the mask files of a series as the `labelsMap` of an old task names them."""
    for key, token in members_of(base[task.start : task.end or len(base)]):
        found = record_of(token) if key == "labelsMap" else None
        for at, one in enumerate(found if is_list(found) else ()):
            index = one.get("seriesIndex", one.get("imageIndex", at)) if is_object(one) else None
            if index == number and is_object(one):
                return msgspec.Raw(msgspec.json.encode(one.get("labelName")))
    return NULL


def variant_of(names: tuple[str, ...]) -> Variant:
    """Return what kind of files these are, by their names."""
    for endings, variant in _ENDINGS:
        if any(name.lower().endswith(endings) for name in names):
            return variant
    return "other"


def name_beside(beside: Beside | None, name: str) -> tuple[str, str] | None:
    """Return the name beside the main file, and the path, of a file that an export names.

    Exports name files from the place they were written from: the name is tried as it is, then
    without its first folders one after another; never out of what was opened.
    """
    if beside is None or "://" in name:
        return None
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    out = [at for at, part in enumerate(parts) if part == ".." or ":" in part]
    parts = parts[out[-1] + 1 :] if out else parts
    parts = parts[-_DEEPEST:]
    for at in range(len(parts)):
        inner = "/".join(parts[at:])
        try:
            path = beside.find(inner)
        except CannotRead:
            continue
        if path is not None:
            return inner, path
    return None


def found_beside(beside: Beside | None, name: str) -> str | None:
    """Return the path of a file that an export names, None where it is not beside it."""
    found = name_beside(beside, name)
    return found[1] if found else None


def reason_of(segments: Segments, beside: Beside | None) -> str:
    """Return why the voxels cannot be shown or changed, in words; "" where they can."""
    if segments.unclaimed:
        files = few(segments.unclaimed)
        return f"the export lists {files} and does not say which of its labels lies there"
    if not segments.names:
        return NO_MASK_FILE
    first = segments.names[0]
    if any(found_beside(beside, name) is None for name in segments.names):
        return f"its mask file {first} is not beside the export"
    if not _is_read(segments):
        what = _NOT_READ.get(segments.variant, "files of a kind that is not read")
        return f"its voxels stand in {first}, and {what} are listed only"
    if segments.is_colored and not segments.values:
        return f"neither {CLASS_MAP} nor a taxonomy beside the export tells its colour in {first}"
    if segments.shared and not segments.values:
        return f"its key in segmentMap is no number that its voxels in {first} can have"
    return ""


def _is_read(segments: Segments) -> bool:
    """Whether files of this kind, as many as there are, hold voxels that can be read."""
    match segments.variant:
        case "NIfTI":
            return len(segments.names) == 1
        case "PNG":
            return len(segments.names) == 1
        case "MetaImage":
            ends = sorted(name.lower().rpartition(".")[2] for name in segments.names)
            return ends in (["mha"], ["mhd", "zraw"], ["mhd", "raw"])
        case _:
            return False


def series_of(base: Bytes, at: Object) -> Series:
    """Return what a series says of its mask files."""
    found, records = Series(), b""
    for key, token in members_of(base[at.start : at.end or len(base)]):
        match key:
            case "segmentations":
                found.segmentations = msgspec.Raw(token)
            case "binaryMask":
                found.binary_mask = token == b"true"
            case "semanticMask":
                found.semantic_mask = token == b"true"
            case "pngMask":
                found.png_mask = token == b"true"
            case "segmentMap":
                records = token
            case _:
                pass
    if found.binary_mask:
        found.segment_map = records_of(records)
    return found


def key_before(base: Bytes, start: int) -> str:
    """Return the key of the value at byte `start`, "" where it cannot be told."""
    before = bytes(base[max(0, start - 400) : start]).rstrip(b" \t\r\n")
    if not before.endswith(b":"):
        return ""
    key = before[:-1].rstrip(b" \t\r\n")
    return text_of(b'"' + key[:-1].rpartition(b'"')[2] + b'"') if key.endswith(b'"') else ""
