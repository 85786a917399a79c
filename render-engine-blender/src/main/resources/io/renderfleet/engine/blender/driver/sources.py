"""Which files a scene comes from, beside its own."""

import os

import bpy

import files


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
    return sorted(_of_needs(files.needs()) | _of_blender())


def _of_needs(needs):
    return {path for need in needs for path in need.all()}


def _of_blender():
    """What Blender itself lists beside that and is there; its list has folders, sounds and texts too, which no frame needs."""
    aside = {bpy.path.abspath(each.filepath, library=each.library) for each in [*bpy.data.sounds, *bpy.data.texts] if each.filepath}
    listed = {path for path in bpy.utils.blend_paths(absolute=True, packed=False) if path and path not in aside}
    return {os.path.normpath(path) for path in listed if os.path.isfile(path)}
