"""What a part of a scene reads from outside of it: a file, the tiles of a picture, a sequence, the frames of a cache."""

import os
import re

import bpy

LAST_NUMBER = re.compile(r"\d+(?!.*\d)")
TILE = re.compile(r"<UDIM>|<UVTILE>|\b1\d\d\d\b(?!.*\b1\d\d\d\b)")


class Need:
    """One file.

    ``kind`` and ``label`` say in a message what reads it, ``path`` is where the artist's own words have it. ``part`` is the modifier,
    node, particle system or strip of ``block`` that reads it; None where the block itself does.
    """

    by_frame = False

    def __init__(self, kind, block, part, path):
        self.kind, self.block, self.part, self.path = kind, block, part, path
        self._library = block.library

    @property
    def label(self):
        name = getattr(self.part, "name", "")
        return "%s (%s)" % (self.block.name, name) if name and name != self.block.name else self.block.name

    @property
    def of(self):
        """Where the path is to be read from, if not from the scene."""
        return " of the library '%s'" % self._library.name if self._library is not None else ""

    def absolute(self, path=None):
        return real(self.path if path is None else path, self._library)

    def all(self):
        """Every file to send, there or not."""
        return [self.absolute()]

    def always(self):
        """The paths, in the artist's words, of what every frame takes. A tuple holds names of which one must be there."""
        return [self.path]

    def at(self, frame, users):
        """The same of what one frame takes beside that; ``users`` say for images which picture is shown when."""
        return ()


class Tiles(Need):
    """An image of several tiles."""

    def all(self):
        return sorted({*_alike(self.absolute(), TILE), *map(self.absolute, self.always())})

    def always(self):
        return [TILE.sub(self._name(tile.number), self.path) for tile in self.block.tiles]

    def _name(self, number):
        column, row = (number - 1001) % 10 + 1, (number - 1001) // 10 + 1
        return "u%d_v%d" % (column, row) if "<UVTILE>" in self.path else str(number)


class Sequence(Need):
    """One file for each frame, told apart by the last number of its name; ``numbers(frame, users)`` are those that a frame takes.

    ``whole``: whether every frame takes one of them, so that nothing of it is wrong for all.
    """

    by_frame = True

    def __init__(self, kind, block, part, path, numbers, whole=False):
        Need.__init__(self, kind, block, part, path)
        self._numbers, self._whole = numbers, whole

    def all(self):
        return _alike(self.absolute(), LAST_NUMBER) or [self.absolute()]

    def always(self):
        return [self.path] if self._whole and not _alike(self.absolute(), LAST_NUMBER) else ()

    def at(self, frame, users):
        return sorted({self._numbered(number) for number in self._numbers(frame, users) if number is not None})

    def _numbered(self, number):
        start = max(self.path.rfind("/"), self.path.rfind("\\")) + 1
        digits = LAST_NUMBER.search(self.path, start)
        if not digits:
            return self.path
        return self.path[: digits.start()] + str(number).zfill(len(digits.group())) + self.path[digits.end():]


class Folder(Need):
    """A folder that a cache lies in; ``names(frame)`` are the files in it that a frame takes, and those next to it if it is blurred."""

    def __init__(self, kind, block, part, path, names=None, is_mine=None, beside=...):
        Need.__init__(self, kind, block, part, path)
        if beside is None:
            self._library = None
        self._names, self._is_mine = names, is_mine
        self.by_frame = names is not None

    def all(self):
        return below(self.absolute(), self._is_mine) or [self.absolute()]

    def always(self):
        return [self.path] if self._names is None else ()

    def at(self, frame, users):
        return [self._in_folder(name) for name in self._names(frame)] if self._names else ()

    def _in_folder(self, name):
        if isinstance(name, tuple):
            return tuple(self._in_folder(each) for each in name)
        return self.path.rstrip("/\\") + "/" + name


class Leftover(Folder):
    """A folder whose files are taken where they are there, and can be made again where they are not."""

    def __init__(self, block, part, path, is_mine=None, beside=...):
        Folder.__init__(self, "cache", block, part, path, None, is_mine, beside)

    def all(self):
        return below(self.absolute(), self._is_mine)

    def always(self):
        return ()


class Views(Need):
    """A picture for each eye: the same name with each of several endings."""

    def __init__(self, block, path, suffixes):
        Need.__init__(self, "texture", block, None, path)
        stem, ending = os.path.splitext(path)
        mine = next((each for each in suffixes if stem.endswith(each)), None)
        self._paths = [stem[: -len(mine)] + each + ending for each in suffixes] if mine else [path]

    def all(self):
        return [self.absolute(path) for path in self._paths]

    def always(self):
        return self._paths


class Shown(Need):
    """Files of which ``shown(frame)`` are those that a frame takes."""

    by_frame = True

    def __init__(self, kind, block, part, every, shown):
        Need.__init__(self, kind, block, part, every[0])
        self._every, self._shown = every, shown

    @property
    def label(self):
        return self.part.name

    def all(self):
        return [self.absolute(path) for path in self._every]

    def always(self):
        return ()

    def at(self, frame, users):
        return self._shown(frame)


def real(path, library=None):
    """Where a path of the scene's leads, read as Blender reads it: with the slashes of either system."""
    path = path if os.sep == "\\" else path.replace("\\", "/")
    return os.path.normpath(bpy.path.abspath(path, library=library))


def below(folder, is_mine=None):
    """Every file in a folder and the folders in it."""
    return [
        os.path.join(parent, name)
        for parent, _, names in os.walk(folder)
        for name in sorted(names)
        if is_mine is None or is_mine(name)
    ]


def _alike(path, mark):
    """The files whose names differ from this one only in what the mark matches."""
    folder, name = os.path.split(path)
    found = mark.search(name)
    if not found:
        return [path] if os.path.isfile(path) else []
    like = re.compile(re.escape(name[: found.start()]) + r"(\d+|u\d+_v\d+)" + re.escape(name[found.end():]) + "$")
    try:
        return [os.path.join(folder, each) for each in sorted(os.listdir(folder)) if like.match(each)]
    except OSError:
        return []
