"""Decodes pictures: every layer and channel of an OpenEXR file, and whatever else Blender reads by Blender itself.

The files themselves cannot be compared, since they tell when they were made and how long that took. An IRIS file tells nothing of that,
and Blender does not always read what it has written: of those the bytes are compared.
"""

import hashlib
import itertools
import os
import struct
import zlib
from array import array

NO_COMPRESSION, RLE, ZIPS, ZIP = 0, 1, 2, 3
# Lines in a block, by the number of the compression (OpenEXR file layout, "Scan Line Block").
LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256}
CHANNEL_BYTES = {0: 4, 1: 2, 2: 4}


def digests(path):
    return {name: hashlib.sha256(repr(size).encode() + data).hexdigest() for name, (size, _, data) in layers(path).items()}


def difference(left, right):
    """Names the layers that differ, and in how many pixels."""
    ours, theirs = layers(left), layers(right)
    found = ["no layer '%s'" % name for name in sorted(set(theirs) - set(ours))]
    found += ["layer '%s' too many" % name for name in sorted(set(ours) - set(theirs))]
    for name in sorted(set(ours) & set(theirs)):
        (size, width, data), (other_size, _, other) = ours[name], theirs[name]
        if size != other_size:
            found.append("'%s' is %s, not %s" % (name, size, other_size))
        elif data != other:
            steps = range(0, len(data), width)
            count = sum(data[i : i + width] != other[i : i + width] for i in steps)
            found.append("'%s' differs in %d of %d pixels" % (name, count, len(steps)))
    return "; ".join(found)


def layers(path):
    """By name: (width and height, bytes of a pixel, all pixels)."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x01\xda":
        return {"file": ((len(data), 1), 1, data)}
    return _exr(data) if data[:4] == b"\x76\x2f\x31\x01" else _by_blender(path)


def _by_blender(path):
    import bpy

    image = bpy.data.images.load(path)
    try:
        # As stored: no colour conversion, and colours where alpha is 0.
        image.colorspace_settings.name = "Non-Color"
        image.alpha_mode = "CHANNEL_PACKED"
        width, height = image.size
        if width * height == 0:
            raise ValueError("Blender cannot read %s" % os.path.basename(path))
        values = array("f", [0.0]) * (width * height * image.channels)
        image.pixels.foreach_get(values)
        return {"%d channels" % image.channels: ((width, height), 4 * image.channels, values.tobytes())}
    finally:
        bpy.data.images.remove(image)


def _exr(data):
    flags = struct.unpack_from("<I", data, 4)[0] >> 8
    if flags & (0x2 | 0x8):
        raise ValueError("tiled and deep OpenEXR files are not what a render writes")
    multipart = bool(flags & 0x10)
    parts, place = _headers(data, 8, multipart)
    found = {}
    for number, part in enumerate(parts):
        count = (part["height"] + part["lines"] - 1) // part["lines"]
        offsets = struct.unpack_from("<%dQ" % count, data, place)
        place += 8 * count
        blocks = sorted(_block(data, offset, multipart) for offset in offsets)
        prefix = "%d:" % number if multipart else ""
        for name, value in _channels(part, blocks).items():
            found[prefix + name] = value
    return found


def _headers(data, place, multipart):
    parts = []
    while not (multipart and parts and data[place] == 0):
        attributes, place = _attributes(data, place)
        x0, y0, x1, y1 = struct.unpack("<4i", attributes["dataWindow"])
        compression = attributes["compression"][0]
        parts.append({
            "width": x1 - x0 + 1, "height": y1 - y0 + 1, "top": y0, "compression": compression,
            "lines": LINES[compression], "channels": _channel_list(attributes["channels"]),
        })
        if not multipart:
            return parts, place
    return parts, place + 1


def _attributes(data, place):
    found = {}
    while data[place]:
        name, place = _text(data, place)
        _, place = _text(data, place)
        size = struct.unpack_from("<I", data, place)[0]
        found[name] = data[place + 4 : place + 4 + size]
        place += 4 + size
    return found, place + 1


def _text(data, place):
    end = data.index(b"\0", place)
    return data[place:end].decode("utf-8", "replace"), end + 1


def _channel_list(value):
    channels, place = [], 0
    while value[place]:
        name, place = _text(value, place)
        channels.append((name, CHANNEL_BYTES[struct.unpack_from("<I", value, place)[0]]))
        place += 16
    return channels


def _block(data, offset, multipart):
    if multipart:
        offset += 4
    line, size = struct.unpack_from("<iI", data, offset)
    return line, data[offset + 8 : offset + 8 + size]


def _channels(part, blocks):
    size = (part["width"], part["height"])
    if part["compression"] not in (NO_COMPRESSION, ZIPS, ZIP):
        # The same Blender packs the same pixels in the same way, and needs no decoder of ours for that to be seen.
        names = ",".join(name for name, _ in part["channels"])
        packed = b"".join(block for _, block in blocks)
        return {"%s, packed" % names: (size, len(packed) or 1, packed)}
    planes = {name: bytearray() for name, _ in part["channels"]}
    wide = part["width"] * sum(width for _, width in part["channels"])
    for first, block in blocks:
        lines = min(part["lines"], part["height"] - (first - part["top"]))
        raw = block if len(block) == lines * wide else _unpacked(block)
        place = 0
        for _ in range(lines):
            for name, width in part["channels"]:
                planes[name] += raw[place : place + part["width"] * width]
                place += part["width"] * width
    return {name: (size, width, bytes(planes[name])) for name, width in part["channels"]}


def _unpacked(block):
    """Undoes what OpenEXR does before zlib: differences of neighbours, and even bytes before odd ones."""
    raw = zlib.decompress(block)
    summed = bytes(itertools.accumulate(raw, lambda before, step: (before + step - 128) & 255))
    half = (len(summed) + 1) // 2
    joined = bytearray(len(summed))
    joined[0::2], joined[1::2] = summed[:half], summed[half:]
    return bytes(joined)
