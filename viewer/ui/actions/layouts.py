"""The actions that arrange views, compare two, and make planes thick."""

from __future__ import annotations

from viewer.ui.actions.spec import ActionSpec

# fmt: off
LAYOUTS = (
    ActionSpec("layout.single", "One view", "View", ("Alt+1",), "layout-single",
               "Show the view in hand alone; a double click does so too.", rule="media",
               check="layout", separated=True),
    ActionSpec("layout.main", "One large, two small", "View", ("Alt+2",), "layout-main",
               "The acquired plane large, the other two above each other.", rule="planes",
               check="layout"),
    ActionSpec("layout.row", "Three in a row", "View", ("Alt+3",), "layout-row",
               "Axial, sagittal and coronal, all of one size.", rule="planes", check="layout"),
    ActionSpec("layout.four", "Four views", "View", ("Alt+4",), "layout-four",
               "Axial, sagittal, coronal, and a slab of the acquired plane.", rule="planes",
               check="layout"),
    ActionSpec("layout.compare", "Compare two", "View", ("Alt+5",), "layout-compare",
               "Two series, or the labels of two exports, beside each other.", rule="media",
               check="layout"),
    ActionSpec("compare.exports", "Compare exports side by side", "View", ("Alt+6",), "",
               "The same images twice, each with the labels of one export.", rule="media"),
    ActionSpec("compare.with", "Compare with...", "View", ("Alt+7",), "",
               "Choose a series or an export to stand beside what is shown.", rule="media"),
    ActionSpec("compare.pair", "Mammograms back to back", "View", ("Alt+8",), "",
               "Right and left breast of one view, chest walls in the middle, at one scale.",
               rule="media"),
    ActionSpec("compare.plane", "Next plane", "View", ("Shift+U",), "",
               "Axial, sagittal or coronal, of both that are compared.", rule="compared"),
    ActionSpec("compare.link", "Link what is compared", "View", ("U",), "link",
               "Both go on together; linked again, as they stand then. Alt+wheel moves one alone.",
               rule="compared", check="check"),
    ActionSpec("compare.window", "One window for both", "View", ("Shift+W",), "",
               "One window for what is compared, where the values are of one kind.",
               rule="compared", check="check"),
    ActionSpec("compare.align", "Take the offset back", "View", (), "",
               "Bring what is compared to the same place again.", rule="compared"),
)
SLABS = (
    ActionSpec("slab.off", "Thin", "View", (), "", "Show planes as thin as they are.",
               rule="volume", check="slab"),
    ActionSpec("slab.mip", "MIP", "View", (), "",
               "Show the largest value over the thickness.", rule="volume", check="slab"),
    ActionSpec("slab.minip", "MinIP", "View", (), "",
               "Show the smallest value over the thickness.", rule="volume", check="slab"),
    ActionSpec("slab.mean", "Mean", "View", (), "",
               "Show the mean value over the thickness.", rule="volume", check="slab"),
    ActionSpec("slab.cycle", "Next kind", "View", ("\\",), "",
               "Thin, MIP, MinIP, mean; labels are all those that the slab meets.",
               rule="volume", separated=True),
    ActionSpec("slab.set", "Thickness...", "View", ("Ctrl+\\",), "",
               "Any thickness in mm; in four views that of the fourth is its own.", rule="volume"),
    ActionSpec("slab.thicker", "Thicker", "View", ("Ctrl+]",), "", "Thicker slabs.", rule="volume"),
    ActionSpec("slab.thinner", "Thinner", "View", ("Ctrl+[",), "", "Thinner slabs.", rule="volume"),
)
# fmt: on
