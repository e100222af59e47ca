"""What DATAGYM's files cannot hold, told before a file is touched."""

from __future__ import annotations

from viewer.errors import CannotWrite
from viewer.formats.datagym.encode import check_holes, numbers_of, type_for
from viewer.formats.datagym.gather import GLOBAL
from viewer.formats.datagym.shapes import TYPES
from viewer.formats.format import WriteJob, named
from viewer.geometry.shapes import Polygon, Shape
from viewer.geometry.solids import Solid
from viewer.model.annotation import Annotation
from viewer.model.ontology import LabelClass, kind_of
from viewer.model.placement import Attribute, Placement

NEGATIVE = (
    "Some places lie outside of their picture, at negative numbers: DATAGYM would refuse the file "
    "for import, and its next export would hold null there."
)
FRACTIONS = "DATAGYM keeps fractions of a pixel, but its next export cuts them off."


def class_of(job: WriteJob, annotation: Annotation) -> LabelClass:
    """Return the class of an annotation.

    Raises:
        CannotWrite: the export has no such class.
    """
    found = job.export.ontology.by_id.get(annotation.class_id)
    if found is None:
        raise CannotWrite(f"{named(job, annotation)}: its class is not in the export.")
    return found


def is_global(annotation: Annotation) -> bool:
    """Whether it is an answer about a whole picture."""
    return annotation.class_id.startswith(f"{GLOBAL}/")


def check_placement(
    job: WriteJob, annotation: Annotation, label: LabelClass, placement: Placement
) -> str:
    """Return the type of geometry that holds a placement.

    Raises:
        CannotWrite: another plane, or a shape that its class cannot have.
    """
    name, shape = named(job, annotation), placement.shape
    if placement.plane != "acquired":
        raise CannotWrite(f"{name}: DATAGYM holds no labels on the {placement.plane} plane.")
    if shape is None or isinstance(shape, Solid):
        raise CannotWrite(f"{name} has no shape on a picture; DATAGYM's geometries need one.")
    found = type_for(shape, label.mode)
    if found is None:
        wanted = label.mode if label.mode in TYPES else "no geometry"
        raise CannotWrite(f"{name}: its class holds {wanted}, not {kind_of(shape)}.")
    if isinstance(shape, Polygon) and found == "polygon":
        try:
            check_holes(shape)
        except CannotWrite as error:
            raise CannotWrite(f"{name}: {error}") from error
    return found


def notes_of(shape: Shape) -> list[str]:
    """Return what the platform would make of a shape, in sentences."""
    numbers = numbers_of(shape)
    found = [NEGATIVE] if any(number < 0 for number in numbers) else []
    is_whole = all(float(number).is_integer() for number in numbers)
    return found if is_whole else [*found, FRACTIONS]


def check_attribute(job: WriteJob, annotation: Annotation, attribute: Attribute) -> None:
    """Refuse an answer that cannot be written.

    Raises:
        CannotWrite: shown only, or none of the options.
    """
    name = f"{named(job, annotation)}, {attribute.name!r}"
    if attribute.kind == "shown" or not attribute.key:
        raise CannotWrite(f"{name} is shown only and cannot be changed.")
    value = attribute.value
    chosen = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    if attribute.options and attribute.kind in ("choice", "choices"):
        odd = [one for one in chosen if one not in attribute.options]
        if odd:
            raise CannotWrite(f"{name}: {odd[0]!r} is none of {', '.join(attribute.options)}.")
