"""Whether a file that is there is what its reader takes it for.

A file costs an open and two small reads, of its beginning and (where the format ends with a mark) of its end, however large it is. Only
one whose beginning says nothing is given to Blender itself, which reads it whole and forgets it again.
"""

import os
import struct

import bpy

LFS = b"version https://git-lfs.github.com/spec/"
END = 65536
CUT = "is cut short"

FONTS = (b"\0\1\0\0", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2", b"%!", b"\x80\1", b"typ1")
LIBRARIES = (b"BLENDER", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
CACHES = {
    ".bphys": (b"BPHYSICS",),
    ".btx": (b"BCDF",),
    ".vdb": (b" BDV",),
    ".abc": (b"Ogawa", b"\x89HDF"),
    ".usd": (b"PXR-USDC", b"#usda"),
    ".usda": (b"#usda",),
    ".usdc": (b"PXR-USDC",),
    ".usdz": (b"PK",),
    ".pc2": (b"POINTCACHE2",),
    ".gz": (b"\x1f\x8b",),
    ".exr": (b"v/1\x01",),
}
# Pictures and films whose beginning is all that can be asked cheaply.
SHOWN = (b"#?", b"8BPS", b"DDS ", b"\x01\xda", b"\x1aE\xdf\xa3", b"OggS", b"FLV", b"\0\0\1\xba", b"\0\0\1\xb3", b"GIF8")


def fault(path, kind):
    """What is wrong with it, in words that go on after its name, or None."""
    try:
        with open(path, "rb") as file:
            head = file.read(64)
            if not head:
                return "is empty"
            if head.startswith(LFS):
                return "is a Git LFS pointer, not the file itself"
            if kind == "texture":
                return _picture(file, head, path)
    except OSError as problem:
        return "cannot be read (%s)" % (problem.strerror or problem)
    if kind == "font" and not head.startswith(FONTS):
        return None if _font_loads(path) else "is no font that Blender can read"
    if kind == "library":
        return _library(path) if head.startswith(LIBRARIES) else "is no Blender file"
    ending = os.path.splitext(path)[1].lower()
    if kind == "cache" and ending in CACHES and not head.startswith(CACHES[ending]):
        return "is no %s file" % ending
    return None


def _picture(file, head, path):
    for mark, check in PICTURES.items():
        if head.startswith(mark):
            try:
                return CUT if check(file, head) else None
            except (struct.error, ValueError, OverflowError):
                break  # a header of its own kind
    else:
        if head[4:8] == b"ftyp":
            return CUT if _film_is_cut(file) else None
        if head.startswith(SHOWN):
            return None
        if path.lower().endswith(".tga") and _is_targa(head):
            return CUT if _targa_is_cut(file, head) else None
    return None if _image_loads(path) else "is nothing that Blender can show"


def _ends_before(file, size):
    return os.fstat(file.fileno()).st_size < size


def _tail(file):
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - END))
    return file.read(END)


def _png_is_cut(file, head):
    tail = _tail(file)
    if 0 <= tail.rfind(b"IEND") <= len(tail) - 8:
        return False
    place, size = 8, os.fstat(file.fileno()).st_size  # something else may follow the picture
    while place + 8 <= size:
        file.seek(place)
        length, name = struct.unpack(">I4s", file.read(8))
        place += length + 12
        if name == b"IEND":
            return place > size
    return True


def _exr_is_cut(file, head):
    """Parts of the picture follow a table of where each of them begins."""
    flags = struct.unpack_from("<I", head, 4)[0]
    file.seek(8)
    header = file.read(1 << 20)
    place = 0
    while True:
        while header[place]:  # an attribute: name, type, size, value
            for _ in range(2):
                place = header.index(b"\0", place) + 1
            place += 4 + struct.unpack_from("<i", header, place)[0]
        place += 1
        if not flags & 0x1000 or not header[place]:
            break
    place += 8 + (1 if flags & 0x1000 else 0)
    size = os.fstat(file.fileno()).st_size
    first, last = size, 0
    file.seek(place)
    while place < first:  # where the first part begins, the table ends
        start = struct.unpack("<Q", file.read(8))[0]
        place += 8
        if not place <= start < size:
            return True
        first, last = min(first, start), max(last, start)
    if flags & 0x1A00:  # of tiles, deep, of several parts: what is in a part is not so simply told
        return False
    file.seek(last + 4)
    return last + 8 + struct.unpack("<I", file.read(4))[0] > size


def _tiff_is_cut(file, head):
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", head, 2)[0] == 43
    return _ends_before(file, struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)[0] + 2)


def _is_targa(head):
    """It has no mark, but few shapes."""
    return len(head) > 18 and head[1] in (0, 1) and head[2] in (1, 2, 3, 9, 10, 11) and head[16] in (8, 15, 16, 24, 32)


def _targa_is_cut(file, head):
    if head[2] > 3:  # compressed: as long as it turns out
        return False
    colours = struct.unpack_from("<H", head, 5)[0] * ((head[7] + 7) // 8)
    width, height = struct.unpack_from("<2H", head, 12)
    return _ends_before(file, 18 + head[0] + colours + width * height * ((head[16] + 7) // 8))


def _jpeg_2000_is_cut(file, head):
    if not _tail(file).rstrip(b"\0").endswith(b"\xff\xd9"):
        raise ValueError("something follows the picture, or it is cut: Blender knows")
    return False


def _film_is_cut(file):
    """MP4 and QuickTime: without the box that lists the pictures, often the last one, none can be shown."""
    place, size = 0, os.fstat(file.fileno()).st_size
    while place + 8 <= size:
        file.seek(place)
        length, name = struct.unpack(">I4s", file.read(8))
        if length == 1:
            length = struct.unpack(">Q", file.read(8).rjust(8, b"\0"))[0]
        if name == b"moov":
            return place + length > size
        if length < 8:
            return length != 0
        place += length
    return True


PICTURES = {
    b"\x89PNG": _png_is_cut,
    b"\xff\xd8\xff": lambda file, head: b"\xff\xd9" not in _tail(file),
    b"v/1\x01": _exr_is_cut,
    b"II*\0": _tiff_is_cut,
    b"MM\0*": _tiff_is_cut,
    b"II+\0": _tiff_is_cut,
    b"MM\0+": _tiff_is_cut,
    b"RIFF": lambda file, head: _ends_before(file, struct.unpack_from("<I", head, 4)[0] + 8) and head[8:12] == b"WEBP",
    b"SDPX": lambda file, head: _ends_before(file, struct.unpack_from(">I", head, 16)[0]),
    b"XPDS": lambda file, head: _ends_before(file, struct.unpack_from("<I", head, 16)[0]),
    b"BM": lambda file, head: _ends_before(file, struct.unpack_from("<I", head, 2)[0]),
    b"\0\0\0\x0cjP": _jpeg_2000_is_cut,
    b"\xff\x4f\xff\x51": _jpeg_2000_is_cut,
    b"\x80\x2a\x5f\xd7": lambda file, head: _ends_before(file, struct.unpack_from(">I", head, 20)[0]),
}


def _image_loads(path):
    """Asks Blender, which knows formats that are not told apart here."""
    image = bpy.data.images.load(path)
    try:
        return image.size[0] > 0
    finally:
        bpy.data.images.remove(image)


def _library(path):
    try:
        contents(path)
        return None
    except OSError:
        return "cannot be read, perhaps because it is cut short"


def contents(path):
    """The names of all blocks in a Blender file, by kind. Reads where blocks begin, not what is in them: 3 ms for 200 MB."""
    with bpy.data.libraries.load(path, link=True) as (there, _):
        return {kind: set(getattr(there, kind)) for kind in dir(there) if not kind.startswith("_") and kind != "version"}


def _font_loads(path):
    try:
        bpy.data.fonts.remove(bpy.data.fonts.load(path))
        return True
    except RuntimeError:
        return False
