"""Classes that a person gave to objects of videos, of which DATAGYM's files tell the type alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from viewer.formats.datagym.read import Decoder
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.project import Export
from viewer.model.table import Base


def with_classes(export: Export, base: Base, given: Mapping[int, str]) -> tuple[Export, Base]:
    """Return an export whose annotations of some ordinals have the classes that they were given.

    A class that the export does not list any more is one all the same, like that which the object
    has in the file. One of another type than the object is left out.
    """
    columns, decoder = base.columns, base.decode
    if not isinstance(decoder, Decoder):
        raise TypeError(f"{export.title} is no export of DATAGYM")
    known = dict(export.ontology.by_id)
    classes = {id: code for code, id in enumerate(columns.classes)}
    codes = columns.class_codes.copy()
    for ordinal, id in given.items():
        own = known[columns.classes[int(columns.class_codes[ordinal])]]
        found = known.setdefault(id, msgspec.structs.replace(own, id=id, name=id))
        if _type(found) == _type(own):
            codes[ordinal] = classes.setdefault(id, len(classes))
    changed = replace(columns, class_codes=codes, classes=tuple(classes))
    new = (label for id, label in known.items() if id not in export.ontology.by_id)
    ontology = Ontology((*export.ontology.classes, *new))
    decoder = replace(decoder, columns=changed)
    return replace(export, ontology=ontology), replace(base, columns=changed, decode=decoder)


def _type(label: LabelClass) -> tuple[object, ...]:
    return label.kind, label.mode
