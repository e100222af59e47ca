"""What can be made of a Labelbox export besides itself: a file for import, a list of masks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from viewer.formats.format import Made, Product
from viewer.formats.labelbox.decode import Decoder
from viewer.formats.labelbox.mask_files import FOLDER, MaskPlace, name_to_save
from viewer.formats.labelbox.write_import import import_of_project
from viewer.model.project import Project


def import_file(project: Project, export_id: str) -> Made:
    """Return the labels of an export, as they are now, as rows for import."""
    made = import_of_project(project, export_id)
    left_out = tuple(f"Not in it: {each}" for each in made.left_out)
    return Made(made.content, made.count, (*made.notes, *left_out))


def missing_masks(project: Project, export_id: str) -> Made:
    """Return a table of the masks that are not beside an export: address, name of the file.

    Nothing is fetched. Under these names the masks are found, in the export's folder.
    """
    decoder = project.annotations.bases[export_id].decode
    rows = list(dict.fromkeys(_missing(decoder))) if isinstance(decoder, Decoder) else []
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("url", "file"))
    table.writerows(rows)
    notes = ("The addresses want the key of the project.",) if rows else ()
    return Made(text.getvalue().encode("utf-8", "replace"), len(rows), notes)


def _missing(decoder: Decoder) -> Iterator[tuple[str, str]]:
    for place, found in decoder.masks.files():
        name = name_to_save(place) if found is None and _is_address(place) else ""
        if name:
            yield place.url, f"{FOLDER}/{name}"


def _is_address(place: MaskPlace) -> bool:
    return place.url.partition("://")[0].lower() in ("http", "https", "gs", "s3")


PRODUCTS = (
    Product(
        "import",
        "Save as import file...",
        ".import.ndjson",
        "The labels as they are now, as rows that Labelbox imports; masks as pictures in them.",
        import_file,
    ),
    Product(
        "masks",
        "Save list of missing masks...",
        ".masks.csv",
        "The addresses of masks that are not downloaded, with the names that they are found by.",
        missing_masks,
    ),
)
