"""Which files a scene may name: those in its own folder, those that the node's operator lists, and Blender's own.

A path that leads anywhere else is as good as one that leads nowhere: what needs it is missing, in the words of a missing file, and the
property is made to lead nowhere before Blender could read it. Links count by where they lead. Libraries alone are read before anybody
can look: a scene that has one from elsewhere is refused.
"""

import contextlib
import os
import stat

import bpy
from bpy.app.handlers import persistent

import aside
import files
import structs
from channel import Refused
from needs import real

NOWHERE = "//outside-of-bounds/"
SHARED = ("/usr/share/fonts", "/usr/local/share/fonts")
KINDS = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"), (stat.S_ISSOCK, "a socket"))
# These are written, if at all, by what no render does; the files of the last two get folders of the session's own.
WRITTEN = set(
    "RenderSettings.filepath BakeSettings.filepath DynamicPaintSurface.image_output_path CollectionExport.filepath"
    " CompositorNodeOutputFile.base_path CompositorNodeOutputFile.directory".split()
)

_current = None


class Bounds:
    def __init__(self, wanted):
        home = wanted.get("home") or os.path.dirname(wanted.required("scene"))
        own = [bpy.utils.resource_path(kind) for kind in ("LOCAL", "SYSTEM")] + [bpy.utils.system_resource("DATAFILES")]
        self._shown = _places([home, *_lines(wanted, "roots"), *SHARED, *filter(None, own)])
        self._hidden = _places(_lines(wanted, "hidden"))
        self._folders = {}
        self.needs = []
        self.is_crossed = False

    def holds(self, path):
        """Whether a scene may read what is at a path: it and what it leads to by links."""
        path = os.path.normpath(os.path.abspath(path))
        return self._is_shown(path) and self._is_shown(self._led(path))

    def _led(self, path):
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        led = os.path.join(self._folders[folder], name)
        return os.path.realpath(led) if os.path.islink(led) else led

    def _is_shown(self, path):
        shown = max((len(each) for each in self._shown if _lies_in(path, each)), default=-1)
        hidden = max((len(each) for each in self._hidden if _lies_in(path, each)), default=-1)
        return shown > hidden or (shown == hidden >= 0)

    def settle(self):
        """Notes what the scene needs, in the artist's words, and makes what leads out of bounds lead nowhere."""
        self.needs = files.needs()
        for name, collection in structs.collections():
            for block in collection:
                _close(block)
                for holder in (block, getattr(block, "node_tree", None)):
                    if holder is not None:
                        for struct, path, _ in structs.paths(holder):
                            self._settle(block, struct, path)
        for library in bpy.data.libraries:
            path = files.Library(library).absolute()
            if os.path.exists(path) and not self.holds(path) and not _is_blenders(library):
                raise Refused("missing-library", "library '%s': %s %s" % (library.name, library.filepath, OUTSIDE))

    def _settle(self, block, struct, name):
        kind = structs.name_of(struct)
        path = getattr(struct, name)
        if not path or kind + "." + name in WRITTEN or kind.startswith("Library"):
            return
        if getattr(struct, "packed_file", None) or path.startswith("<"):
            return
        if kind in ("ImageSequence", "ImageStrip"):
            self._settle_strip(block, struct)
        elif is_address(path) or not (self.holds(real(path, block.library)) or aside.holds(path)):
            self.is_crossed = True
            _assign(block, struct, name, NOWHERE + os.path.basename(path.replace("\\", "/")))

    def _settle_strip(self, block, strip):
        paths = [os.path.join(strip.directory, each.filename) for each in strip.elements]
        if not all(self.holds(real(path, block.library)) for path in paths):
            self.is_crossed = True
            _assign(block, strip, "directory", NOWHERE)
            for each in strip.elements:
                _assign(block, each, "filename", os.path.basename(each.filename.replace("\\", "/")))


OUTSIDE = "lies outside of the scene's folder and of what this node lets scenes read"


@contextlib.contextmanager
def kept(wanted):
    """While a scene is opened in here, it is held to its bounds before Blender evaluates it."""
    global _current
    found, problems = Bounds(wanted), []
    _current = found

    @persistent
    def hold(*_):
        try:
            found.settle()
        except Exception as problem:  # Blender only prints what a handler raises
            problems.append(problem)

    bpy.app.handlers.load_post.append(hold)
    try:
        yield found
    finally:
        bpy.app.handlers.load_post.remove(hold)
    if problems:
        raise problems[0]


def move(wanted):
    """Goes by the bounds of another scene, such as the copy that is baked."""
    global _current
    _current = Bounds(wanted)


def is_address(path):
    """Whether a path is one of the net: what reads films takes such too."""
    return "://" in path


def fault(said, path, is_folder):
    """Why a path, which the scene says in its own way, is not to be opened as the file that it is taken for: words that go on after it, or None."""
    if _current is not None and (is_address(said) or not _current.holds(path)):
        return OUTSIDE
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(mode):
        return None if is_folder else "is a folder, not a file"
    return next(("is %s, not a file" % name for matches, name in KINDS if matches(mode)), None)


def _close(block):
    """Takes the ways out of a folder from what is put behind the path of one: names of caches, endings of views."""
    for cache in aside.caches(block):
        if _has_separator(cache.name):
            _assign(block, cache, "name", _plain(cache.name))
    for view in getattr(getattr(block, "render", None), "views", ()):
        if _has_separator(view.file_suffix):
            _assign(block, view, "file_suffix", _plain(view.file_suffix))


def _has_separator(text):
    return "/" in text or "\\" in text


def _plain(text):
    return text.replace("/", "_").replace("\\", "_")


def _assign(block, struct, name, value):
    try:
        setattr(struct, name, value)
    except (AttributeError, TypeError):
        pass
    if getattr(struct, name) != value:
        raise Refused("missing-file", "%s '%s': %s %s" % (type(block).__name__, block.name, getattr(struct, name), OUTSIDE))


def _is_blenders(library):
    return library.packed_file is not None or getattr(library, "is_archive", False)


def _lines(wanted, key):
    return [each for each in wanted.get(key, "").split("\n") if each]


def _places(paths):
    """Paths with those that they lead to by links."""
    whole = [os.path.normpath(os.path.abspath(each)) for each in paths]
    return sorted({*whole, *map(os.path.realpath, whole)})


def _lies_in(path, folder):
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)
