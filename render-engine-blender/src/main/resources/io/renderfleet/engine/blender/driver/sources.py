"""Which files a scene comes from, beside its own."""

import os

import bpy

from needs import real
from reach import Reach


def versions(needs):
    """Every file that the open scene was read from, with what tells that it was changed."""
    found = {}
    for path in [bpy.data.filepath] + external(needs):
        try:
            status = os.stat(path)
            found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            found[path] = None
    return found


def external(needs):
    """All files that the open scene refers to, each once, whether they are there or not; packed ones are in the scene."""
    return sorted({path for need in needs for path in need.all()} | _of_blender())


def needed(needs, scene):
    """Those of them that the frames of a scene can reach."""
    reach = Reach(scene)
    return {path for need in needs if reach.has(need) for path in need.all()}


def _of_blender():
    """What Blender itself lists beside that and is there; its list has folders, sounds, texts and libraries of brushes too."""
    aside = {real(each.filepath, each.library) for each in [*bpy.data.sounds, *bpy.data.texts, *bpy.data.libraries]}
    listed = {os.path.normpath(path) for path in bpy.utils.blend_paths(absolute=True, packed=False) if path}
    own = bpy.utils.system_resource("DATAFILES") or bpy.utils.resource_path("LOCAL")
    return {path for path in listed - aside if os.path.isfile(path) and not (own and path.startswith(own + os.sep))}
