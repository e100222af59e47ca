"""Every action in one table: its words, keys, icon, and when it can be used."""

from __future__ import annotations

from itertools import chain

from viewer.ui.actions.colors import MAPS, OVER
from viewer.ui.actions.layouts import LAYOUTS, SLABS
from viewer.ui.actions.measures import MEASURES
from viewer.ui.actions.spec import ActionSpec, Menu, Rule


def _tool(
    id: str, text: str, key: str, icon: str, tip: str, rule: Rule | None = None
) -> ActionSpec:
    """Return a tool for the mouse; of those whose ids begin alike one is taken up at a time.

    Args:
        key: takes it up.
        rule: None for that of its like: labels that can be edited, or something to look at.
    """
    group = id.partition(".")[0]
    if group == "draw":
        return ActionSpec(id, text, "Edit", (key,), icon, tip, rule or "drawable", group)
    return ActionSpec(id, text, "View", (key,), icon, tip, rule or "media", group)


DEMOS = {
    "mdai": "MD.ai",
    "labelbox": "Labelbox",
    "redbrick": "RedBrick AI",
    "encord": "Encord",
    "datagym": "DATAGYM",
}

# fmt: off
# One or two lines for each action, so that the table can be read as one.
FILE = (
    ActionSpec("open.folder", "Open folder...", "File", ("Ctrl+O",), "folder-open",
               "Open images, exports or both from a folder."),
    ActionSpec("open.export", "Open files...", "File", ("Ctrl+E",), "brackets-curly",
               "Open a label export to lay over the images, or images, videos and zips."),
    ActionSpec("open.demo", "Open the demo study", "File", ("Ctrl+Shift+D",), "play-circle",
               "Open a chest phantom with labels."),
    *(ActionSpec(f"demo.{name}", title, "File", (), "",
                 f"Open a chest phantom and a video with labels as {title} exports them.")
      for name, title in DEMOS.items()),
    ActionSpec("save.copy", "Save a copy...", "File", ("Ctrl+S",), "floppy-disk",
               "Write the export to a new file; only edited labels differ.", rule="export",
               separated=True),
    ActionSpec("app.forget", "Clear traces...", "File", (), "eraser",
               "Forget what was open and where you were; verdicts, measurements and choices stay.",
               separated=True),
    ActionSpec("app.author", "Your name...", "File", (), "",
               "The name that labels you draw or change carry.", separated=True),
    ActionSpec("app.quit", "Quit", "File", ("Ctrl+Q",), "", "Close Overread.", separated=True),
)
EDITING = (
    ActionSpec("edit.undo", "Undo", "Edit", ("Ctrl+Z",), "arrow-u-up-left",
               "Take the last change back.", rule="undo"),
    ActionSpec("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "arrow-u-up-right",
               "Make the change again.", rule="redo"),
    ActionSpec("edit.delete", "Delete label", "Edit", ("Del", "Backspace"), "trash",
               "Delete the selected labels.", rule="selected", separated=True),
    ActionSpec("edit.off", "Delete on this frame", "Edit", ("Shift+Del",), "",
               "Take the selected label off this slice or frame alone.", rule="selected"),
    ActionSpec("edit.move_up", "Move label one slice up", "Edit", ("Alt+Up",), "",
               "Move the selected label to the slice above, or to the frame before.",
               rule="selected", in_views=True),
    ActionSpec("edit.move_down", "Move label one slice down", "Edit", ("Alt+Down",), "",
               "Move the selected label to the slice below, or to the next frame.",
               rule="selected", in_views=True),
    ActionSpec("edit.move_here", "Move label to this slice", "Edit", ("Alt+M",), "",
               "Move the selected label to the slice or frame shown, from where it is nearest.",
               rule="selected"),
    ActionSpec("draw.select", "Select", "Edit", ("A",), "cursor",
               "Select, move and reshape labels.", rule="editable", check="draw", separated=True),
    _tool("draw.polygon", "Polygon", "P", "polygon",
          "Draw a polygon with the chosen label."),
    _tool("draw.region", "Add region", "Shift+P", "plus-circle",
          "Draw one region more for the selected polygon.", "regions"),
    _tool("draw.hole", "Cut hole", "Alt+P", "minus-circle",
          "Cut a hole into the selected polygon.", "holes"),
    _tool("draw.polyline", "Polyline", "L", "line-segments",
          "Draw a line of several vertices with the chosen label."),
    _tool("draw.box", "Box", "R", "rectangle",
          "Draw a box, rotated box, cuboid or skeleton with the chosen label."),
    _tool("draw.point", "Point", "K", "map-pin-simple",
          "Set a point with the chosen label."),
    _tool("draw.ellipse", "Ellipse", "G", "ellipse",
          "Draw an ellipse with the chosen label."),
    _tool("draw.length", "Length", "D", "ruler",
          "Measure a length that the export keeps.", "lengths"),
    _tool("draw.angle", "Angle", "Shift+D", "angle",
          "Measure an angle that the export keeps.", "lengths"),
    _tool("draw.brush", "Brush", "B", "paint-brush",
          "Paint on the selected mask, or a new one with the chosen label.", "editable"),
    _tool("draw.eraser", "Eraser", "E", "eraser",
          "Take pixels off the selected mask.", "editable"),
    ActionSpec("brush.smaller", "Smaller brush", "Edit", ("[",), rule="editable"),
    ActionSpec("brush.larger", "Larger brush", "Edit", ("]",), rule="editable"),
    ActionSpec("mode.view", "View mode", "Edit", ("F2",), "eye",
               "Look only; labels are locked.", check="mode", separated=True),
    ActionSpec("mode.edit", "Edit mode", "Edit", ("F3",), "pencil-simple",
               "Labels can be drawn and changed.", rule="export", check="mode"),
    ActionSpec("mode.review", "Review mode", "Edit", ("F4",), "check-square",
               "Labels are judged one after another.", rule="export", check="mode"),
)
MEASURING = tuple(
    ActionSpec(f"measure.{kind}", text, "View", (key,), icon, f"{tip} No label, and in no export.",
               "measured", "hand")
    for kind, text, key, icon, tip in MEASURES
)
LOOKING = (
    _tool("hand.window", "Window", "W", "sun-dim",
          "Drag left and right for width, up and down for level; Ctrl + drag takes a region's."),
    _tool("hand.crosshair", "Crosshair", "Y", "crosshair",
          "Drag the crosshair through all views.", "volume"),
    _tool("hand.pan", "Pan", "M", "hand",
          "Drag the picture."),
    _tool("hand.zoom", "Zoom", "Z", "magnifying-glass-plus",
          "Drag up to come nearer, down to go away."),
    *MEASURING,
    ActionSpec("look.invert", "Invert", "View", ("I",), "circle-half",
               "Exchange black and white.", rule="media", check="check", separated=True),
    ActionSpec("look.flip_h", "Flip left and right", "View", ("H",), rule="media"),
    ActionSpec("look.flip_v", "Flip up and down", "View", ("V",), rule="media"),
    ActionSpec("look.right", "Rotate right", "View", ("Alt+R",), rule="media"),
    ActionSpec("look.left", "Rotate left", "View", ("Alt+L",), rule="media"),
    ActionSpec("look.reset", "Reset the view", "View", ("Shift+R",), "arrows-in",
               "Fit the picture and take window, flips and rotation back.", rule="media"),
    ActionSpec("look.straighten", "Straighten the planes", "View", ("Shift+Y",), "",
               "Take the crosshair's rotation back: oblique planes become the three again.",
               rule="volume"),
    ActionSpec("look.patient_axes", "Patient axes", "View", ("Alt+Y",), "",
               "Show an oblique acquisition along the axes of the patient, or along its own.",
               rule="volume", check="check"),
    ActionSpec("look.smooth", "Smoothing", "View", ("Shift+I",), "",
               "Blend between pixels when they are drawn larger.", rule="media", check="check"),
    ActionSpec("look.overlays", "Overlays of the file", "View", ("Shift+O",), "",
               "What image files draw over their own pictures, such as borders and notes.",
               rule="media", check="check"),
    ActionSpec("look.text", "Text on the picture", "View", ("T",), "",
               "All, essential, none.", rule="media"),
    ActionSpec("look.hide_patient", "Hide patient", "View", ("Ctrl+Shift+H",), "user-circle-minus",
               "Show no name, ID or date of the patient, as before others; once more: show them.",
               check="check"),
    ActionSpec("look.maximise", "Maximise the view", "View", ("Shift+M",), "squares-four",
               "Show one view alone, or all of them again.", rule="views"),
    ActionSpec("look.measured", "Measurements", "View", ("Ctrl+M",), "",
               "List what was measured, with profiles; copy as CSV.", rule="media"),
    ActionSpec("look.tags", "Tags", "View", ("Ctrl+I",), "",
               "What the file of this slice says: every DICOM element, with search.",
               rule="media"),
    ActionSpec("look.side_by_side", "Group side by side", "View", ("Shift+G",), "columns",
               "Show the parts of a data group beside each other, or each one alone.",
               rule="group", check="check"),
)
STEPPING = (
    ActionSpec("slice.up", "One slice up", "View", ("Up",), "",
               "Up the slice strip; head is up.", rule="media", in_views=True, separated=True),
    ActionSpec("slice.down", "One slice down", "View", ("Down",), "",
               "Down the slice strip.", rule="media", in_views=True),
    ActionSpec("slice.up10", "10 slices up", "View", ("Shift+Up",), rule="media", in_views=True),
    ActionSpec("slice.down10", "10 slices down", "View", ("Shift+Down",),
               rule="media", in_views=True),
    ActionSpec("slice.top", "Top slice", "View", ("Home",), rule="media", in_views=True),
    ActionSpec("slice.bottom", "Bottom slice", "View", ("End",), rule="media", in_views=True),
    ActionSpec("series.previous", "Previous series", "View", ("PgUp",),
               rule="media", in_views=True),
    ActionSpec("series.next", "Next series", "View", ("PgDown",), rule="media", in_views=True),
)
PLAYING = (
    ActionSpec("play.toggle", "Play", "View", ("Space",), "play",
               "Play from here, or stop.", rule="played", in_views=True),
    ActionSpec("play.cine", "Play slices", "View", ("C",), "film-strip",
               "Play the slices of this view, or the frames; or stop.", rule="media"),
    ActionSpec("play.slower", "Slower", "View", ("<",), rule="media"),
    ActionSpec("play.faster", "Faster", "View", (">",), rule="media"),
    ActionSpec("play.loop", "Loop", "View", ("Shift+L",), "repeat",
               "After the last frame go on with the first, come back, or stop.",
               rule="media", check="check"),
    ActionSpec("frame.first", "First frame", "View", (), "skip-back",
               "Home does so too.", rule="played"),
    ActionSpec("frame.previous", "One frame back", "View", ("Left",), "caret-left",
               "The frame before, or the point before in a 4-D series.", rule="played",
               in_views=True),
    ActionSpec("frame.next", "One frame on", "View", ("Right",), "caret-right",
               "The next frame, or the next point of a 4-D series.", rule="played", in_views=True),
    ActionSpec("frame.last", "Last frame", "View", (), "skip-forward",
               "End does so too.", rule="played"),
    ActionSpec("frame.previous_key", "Key frame before", "View", (",",), "arrow-left",
               "The key frame before this one of the selected label.", rule="selected"),
    ActionSpec("frame.next_key", "Next key frame", "View", (".",), "arrow-right",
               "The next key frame of the selected label.", rule="selected"),
    ActionSpec("frame.back10", "10 frames back", "View", ("Shift+Left",), rule="played",
               in_views=True),
    ActionSpec("frame.on10", "10 frames on", "View", ("Shift+Right",), rule="played",
               in_views=True),
)
GOING = (
    ActionSpec("go.back", "Back", "Go", ("Alt+Left",), "arrow-left",
               "To the place that was jumped away from last; so does the mouse's back button.",
               rule="behind"),
    ActionSpec("go.forward", "Forward", "Go", ("Alt+Right",), "arrow-right",
               "To the place that was gone back from; so does the mouse's forward button.",
               rule="ahead"),
    ActionSpec("go.to", "Go to...", "Go", ("Ctrl+G",), "",
               "A slice, frame, time, SOP Instance UID, file, label or its id.", rule="open"),
    ActionSpec("app.palette", "Search commands...", "Go", ("Ctrl+K",), "magnifying-glass",
               "Every command by its name; # goes to a slice, @ finds a label."),
    ActionSpec("go.sheet", "Contact sheet...", "Go", ("Ctrl+Shift+T",), "grid-four",
               "All slices or frames as small pictures; a click goes to one.", rule="media"),
    ActionSpec("go.labelled_next", "Next slice with labels", "Go", ("Ctrl+PgDown",), "",
               "Down the slice strip, or on by frames, to one that has labels in the list.",
               rule="labels", separated=True),
    ActionSpec("go.labelled_previous", "Previous slice with labels", "Go", ("Ctrl+PgUp",), "",
               "Up the slice strip, or back by frames, to one that has labels in the list.",
               rule="labels"),
    ActionSpec("go.bare_next", "Next slice without labels", "Go", ("Alt+PgDown",), "",
               "Down the slice strip, or on by frames, to one that nobody labelled.",
               rule="media"),
    ActionSpec("go.bare_previous", "Previous slice without labels", "Go", ("Alt+PgUp",), "",
               "Up the slice strip, or back by frames, to one that nobody labelled.",
               rule="media"),
    ActionSpec("go.object_next", "Next slice of this label", "Go", ("Ctrl+.",), "",
               "Down to the next slice, or on to the next frame, of the selected label.",
               rule="selected"),
    ActionSpec("go.object_previous", "Previous slice of this label", "Go", ("Ctrl+,",), "",
               "Up to the slice before, or back to the frame before, of the selected label.",
               rule="selected"),
    ActionSpec("task.list", "Tasks...", "Go", ("Ctrl+T",), "list-checks",
               "The studies, tasks or rows of the open exports, with what is said of them.",
               rule="export", separated=True),
    ActionSpec("task.next", "Next task", "Go", ("Shift+PgDown",), "",
               "The first label of the next task in the list of tasks.", rule="export"),
    ActionSpec("task.previous", "Previous task", "Go", ("Shift+PgUp",), "",
               "The first label of the task before.", rule="export"),
)
CHROME = (
    ActionSpec("theme.dark", "Dark theme", "View", (), check="theme", separated=True),
    ActionSpec("theme.light", "Light theme", "View", (), check="theme"),
    ActionSpec("theme.system", "Theme as the system", "View", (), check="theme"),
    ActionSpec("app.docks", "Show docks", "View", ("F9",), "",
               "Show or hide the docks.", check="check", separated=True),
    ActionSpec("app.full", "Full screen", "View", ("F11",), "",
               "Full screen, and back.", check="check"),
    ActionSpec("app.part", "Next part of the window", "View", ("F6",), "",
               "Move the focus from part to part."),
)
LABELS = (
    ActionSpec("label.next", "Next label", "Label", ("N",), "skip-forward",
               "Go to the next label in the list.", rule="labels"),
    ActionSpec("label.previous", "Previous label", "Label", ("Shift+N",), "skip-back",
               "Go to the label before.", rule="labels"),
    ActionSpec("label.next_same", "Next label of this class", "Label", ("Ctrl+N",), "",
               "Go to the next label in the list of the selected one's class.", rule="selected"),
    ActionSpec("label.previous_same", "Previous label of this class", "Label", ("Ctrl+Shift+N",),
               "", "Go to the label before of the selected one's class.", rule="selected"),
    ActionSpec("label.filter", "Filter labels...", "Label", ("Ctrl+F",), "funnel-simple",
               "Type what labels have to say; Enter goes back to the picture.", rule="labels"),
    ActionSpec("label.tracks", "Tracks", "Label", ("Alt+T",), "film-strip",
               "List labels on several frames or slices alone, or all labels again.",
               rule="labels"),
    ActionSpec("label.linked", "Select linked", "Label", ("Alt+G",), "link",
               "Select the labels of the same group too, and those related to it.",
               rule="selected"),
    ActionSpec("label.style", "Outline, fill, opacity", "Label", ("O",), "",
               "Change how labels are drawn, one step on.", rule="labels", separated=True),
    ActionSpec("label.drawing", "How labels are drawn...", "Label", ("Ctrl+Shift+O",),
               "sliders-horizontal",
               "Style, opacity, width of the lines and names, all in one place.", rule="labels"),
    ActionSpec("label.shown", "Show labels", "Label", (), "eye",
               "Show or hide all labels. Hold S to hide them for a moment.", rule="labels",
               check="check"),
    ActionSpec("label.hide", "Hide this label", "Label", ("Shift+S",), "eye-slash",
               "Close the eye of the selected labels, or open it.", rule="labels"),
    ActionSpec("label.solo", "Solo", "Label", ("Alt+S",), "star-four",
               "Draw the selected label alone, or all again.", rule="labels"),
    ActionSpec("label.apart", "Tell exports apart", "Label", ("Shift+C",), "",
               "Give each export a colour and a line of its own, or take them back.",
               rule="export"),
    ActionSpec("label.images", "Labels and images...", "Label", ("Ctrl+L",), "link",
               "What the export's images are shown on, by which evidence; to be chosen by hand.",
               rule="export", separated=True),
)
REVIEWING = (
    ActionSpec("review.accept", "Accept", "Review", ("Return", "Enter"), "check-circle",
               "Accept the label, and go on.", rule="judged", in_views=True),
    ActionSpec("review.reject", "Reject", "Review", ("X",), "x-circle",
               "Reject the label; 1 to 7 say why, Enter goes on without.", rule="judged"),
    ActionSpec("review.change", "Needs change", "Review", ("Shift+X",), "warning-circle",
               "Ask the reader for a change, and go on.", rule="judged"),
    ActionSpec("review.comment", "Comment", "Review", (";",), "chat-text",
               "Write something to the reader; Esc leaves the field.", rule="judged"),
    ActionSpec("look.fit_label", "Fit label", "Review", ("F",), "corners-out",
               "Zoom so that the label takes a third of the view.", rule="selected",
               separated=True),
    ActionSpec("review.save", "Save review...", "Review", ("Ctrl+Alt+S",), "floppy-disk",
               "Write the verdicts to a file of their own; the export stays as it is.",
               rule="export", separated=True),
    ActionSpec("review.csv", "Save verdicts as CSV...", "Review", (), "",
               "Write one row for each label and reviewer, for a spreadsheet.", rule="export"),
    ActionSpec("review.open", "Open review...", "Review", (), "folder-open",
               "Lay another reviewer's verdicts beside your own.", rule="export"),
    ActionSpec("review.beside", "Reviews side by side...", "Review", ("Ctrl+Alt+R",), "",
               "What each reviewer says of the same labels, and where they differ.",
               rule="export"),
)
HELP = (
    ActionSpec("help.keys", "Keys", "Help", ("?",), "keyboard", "All keys in one table."),
    ActionSpec("help.about", "About Overread", "Help", (), "", "What this program is."),
)
# fmt: on


def _presets() -> tuple[ActionSpec, ...]:
    """Return the digits: 0 is automatic, 1 to 9 the presets of the modality."""
    words = ("Automatic window", *(f"Window preset {digit}" for digit in range(1, 10)))
    return tuple(
        ActionSpec(f"preset.{digit}", text, "View", (str(digit),), rule="media")
        for digit, text in enumerate(words)
    )


ACTIONS: tuple[ActionSpec, ...] = tuple(
    chain(
        *(FILE, EDITING, LOOKING, LAYOUTS, SLABS, MAPS, OVER, STEPPING, PLAYING, _presets()),
        *(GOING, CHROME, LABELS, REVIEWING, HELP),
    )
)
MENUS: tuple[Menu, ...] = ("File", "Edit", "View", "Go", "Label", "Review", "Help")
UNLISTED = frozenset({"slice.up10", "slice.down10"})  # keys only
# Groups of actions that have a menu of their own inside File or View.
SUBMENUS = {
    "layout": "Layout",
    "compare": "Compare",
    "demo": "Demo as exported by",
    "preset": "Window presets",
    "map": "Colour map",
    "over": "Fusion",
    "slab": "Slab",
    "frame": "Frames",
    "play": "Frames",
    "measure": "Measure",
}
MNEMONICS: dict[Menu, str] = {
    "File": "F",
    "Edit": "E",
    "View": "V",
    "Go": "o",
    "Label": "b",
    "Review": "w",
    "Help": "H",
}
