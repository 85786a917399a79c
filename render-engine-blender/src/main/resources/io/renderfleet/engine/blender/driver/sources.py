"""Which files a scene comes from, beside its own."""

import os
import re

import bpy


def versions():
    """Every file that the open scene was read from, with what tells that it was changed."""
    found = {}
    for path in [bpy.data.filepath] + external():
        try:
            status = os.stat(path)
            found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            found[path] = None
    return found


def external():
    """All files that the open scene refers to, each once, whether they are there or not; packed ones are in the scene."""
    paths = set()
    for path in bpy.utils.blend_paths(absolute=True, packed=False):
        paths.add(os.path.normpath(path))
    for image in bpy.data.images:
        if image.source in ("SEQUENCE", "TILED") and image.filepath and not image.packed_file:
            paths.discard(os.path.normpath(_absolute(image.filepath, image)))
            paths.update(_members(_absolute(image.filepath, image), image.source == "TILED"))
    for volume in getattr(bpy.data, "volumes", ()):
        if getattr(volume, "is_sequence", False) and not volume.packed_file:
            paths.update(_members(_absolute(volume.filepath, volume), False))
    for thing in bpy.data.objects:
        for modifier in thing.modifiers:
            if modifier.type == "MESH_CACHE" and modifier.filepath:
                paths.add(os.path.normpath(_absolute(modifier.filepath, thing)))
            elif modifier.type == "FLUID" and modifier.fluid_type == "DOMAIN":
                paths.update(_below(_absolute(modifier.domain_settings.cache_directory, thing)))
    stem = os.path.splitext(os.path.basename(bpy.data.filepath))[0]
    paths.update(_below(bpy.path.abspath("//blendcache_" + stem)))
    return sorted(paths)


def _absolute(path, owner):
    return bpy.path.abspath(path, library=owner.library)


def _members(path, tiled):
    """The files of a sequence or of a tiled image that are there; its pattern itself where there is none."""
    folder, name = os.path.split(os.path.normpath(path))
    digits = re.search(r"<UDIM>|1\d\d\d(?!.*1\d\d\d)", name) if tiled else re.search(r"\d+(?!.*\d)", name)
    if not digits or not os.path.isdir(folder):
        return [os.path.join(folder, name)]
    member = re.compile(re.escape(name[: digits.start()]) + r"\d+" + re.escape(name[digits.end():]) + "$")
    found = [os.path.join(folder, each) for each in os.listdir(folder) if member.match(each)]
    return found or [os.path.join(folder, name)]


def _below(folder):
    return [os.path.join(parent, name) for parent, _, names in os.walk(folder) for name in names]
