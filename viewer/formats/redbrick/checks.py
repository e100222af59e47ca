"""What RedBrick AI's files cannot hold, told before a file is touched."""

from __future__ import annotations

import math
from collections.abc import Iterable

from viewer.errors import CannotWrite
from viewer.formats.format import WriteJob, named
from viewer.formats.redbrick.categories import list_of, parts_of
from viewer.formats.redbrick.encode import list_for
from viewer.formats.redbrick.lists import CLASSIFYING, CODE_OF, FLAT, SOLID
from viewer.formats.redbrick.read import class_numbers
from viewer.formats.redbrick.solid_writing import place_for
from viewer.geometry.shapes import Polygon, Regions, Shape
from viewer.geometry.solids import Solid
from viewer.model.annotation import Annotation
from viewer.model.ontology import kind_of
from viewer.model.placement import Attribute, Placement


def place_of_class(annotation: Annotation) -> str:
    """Return the first part of an annotation's class id: where its labels stand."""
    return parts_of(annotation.class_id)[0]


def list_name_of(annotation: Annotation) -> str:
    """Return the name of the list that an annotation's labels stand in."""
    return list_of(place_of_class(annotation))


def check_change(
    job: WriteJob, before: Annotation, after: Annotation, placements: Iterable[Placement]
) -> None:
    """Refuse what a changed label cannot hold.

    Args:
        placements: those of `after` that may differ.

    Raises:
        CannotWrite: locked, another kind of label, moved to other media, or with a parent.
    """
    name = named(job, after)
    if before.locked_reason:
        raise CannotWrite(f"{name} cannot be edited: {before.locked_reason}.")
    if place_of_class(before) != place_of_class(after):
        raise CannotWrite(
            f"{name}: a label of {place_of_class(before)} cannot get a class of "
            f"{place_of_class(after)}; draw it anew with that class."
        )
    check_class(job, after)
    if before.parent != after.parent:
        raise CannotWrite(f"{name}: RedBrick AI's labels have no parent; link them as a group.")
    for placement in placements:
        check_placement(job, after, placement)


def check_class(job: WriteJob, annotation: Annotation) -> None:
    """Refuse a class that the open taxonomy does not have, or that is none of RedBrick AI's.

    Raises:
        CannotWrite: so.
    """
    is_known = annotation.class_id in job.export.ontology.by_id
    is_spelled = list_name_of(annotation) in CODE_OF and (
        "/" in annotation.class_id or list_name_of(annotation) in CLASSIFYING
    )
    if not is_known and (class_numbers(job.base.decode) or not is_spelled):
        raise CannotWrite(f"{named(job, annotation)}: its class is not in the export's taxonomy.")


def check_placement(job: WriteJob, annotation: Annotation, placement: Placement) -> None:
    """Refuse a shape that the annotation's list cannot hold.

    Raises:
        CannotWrite: another kind of shape, holes, another plane, or a picture of unknown size.
    """
    name, shape, wanted = named(job, annotation), placement.shape, list_name_of(annotation)
    if placement.plane != "acquired":
        raise CannotWrite(f"{name}: RedBrick AI holds no labels on the {placement.plane} plane.")
    if shape is None:
        if wanted in FLAT | SOLID:
            raise CannotWrite(f"{name} has no shape; RedBrick AI's {wanted} need one.")
        return
    if isinstance(shape, Solid):
        if place_for(shape) != place_of_class(annotation):
            raise CannotWrite(f"{name}: {place_of_class(annotation)} hold no {kind_of(shape)}.")
        return
    _check_flat(name, wanted, shape, placement)


def _check_flat(name: str, wanted: str, shape: Shape, placement: Placement) -> None:
    if isinstance(shape, Regions):
        raise CannotWrite(f"{name} has several regions; RedBrick AI's polygons have one each.")
    if isinstance(shape, Polygon) and shape.holes:
        raise CannotWrite(f"{name} has holes, which RedBrick AI's polygons cannot have.")
    if list_for(shape) != wanted:
        raise CannotWrite(f"{name}: {wanted} hold no {kind_of(shape)}.")
    if placement.size is None:
        raise CannotWrite(
            f"{name}: RedBrick AI counts in parts of the picture, whose size is not known; open it."
        )


def check_attribute(job: WriteJob, annotation: Annotation, attribute: Attribute) -> None:
    """Refuse an answer that cannot be written.

    Raises:
        CannotWrite: shown only, no number, or none of the options.
    """
    name = f"{named(job, annotation)}, {attribute.name!r}"
    if attribute.kind == "shown" or not attribute.key:
        raise CannotWrite(f"{name} is shown only and cannot be changed.")
    value = attribute.value
    if isinstance(value, float) and not math.isfinite(value):
        raise CannotWrite(f"{name} is no finite number.")
    if isinstance(value, int | float) and not _within(attribute, value):
        raise CannotWrite(f"{name}: {value:g} is not {_bounds(attribute)}.")
    chosen = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    if attribute.options and attribute.kind in ("choice", "choices"):
        odd = [one for one in chosen if one not in attribute.options]
        if odd:
            raise CannotWrite(f"{name}: {odd[0]!r} is none of {', '.join(attribute.options)}.")


def _within(attribute: Attribute, number: float) -> bool:
    low, high = attribute.low, attribute.high
    return (low is None or number >= low) and (high is None or number <= high)


def _bounds(attribute: Attribute) -> str:
    low, high = attribute.low, attribute.high
    parts = (
        "" if low is None else f"at least {low:g}",
        "" if high is None else f"at most {high:g}",
    )
    return " and ".join(filter(None, parts))
