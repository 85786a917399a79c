"""Keeps what Blender writes while it simulates away from the scene: other jobs are rendered from the same files.

Opening a scene already evaluates it, and so writes the first frames of its caches. They are therefore led into a folder of the
session's own after the scene was read and before it is evaluated. What is baked stays where it is, and is only read.
"""

import contextlib
import os
import shutil

import bpy
from bpy.app.handlers import persistent

import bakes

_folder = None


@contextlib.contextmanager
def kept(folder):
    """While a scene is opened in here, its caches that are not baked are led into a folder, which is cleared first."""
    global _folder
    _folder = folder
    shutil.rmtree(folder, ignore_errors=True)
    with led(Folders(folder), show_particles=True):
        yield


class Folders:
    """Makes folders below one, and gives the names that Blender is to know them by."""

    def __init__(self, folder, name=None):
        self._folder = folder
        self._name = name or folder + os.sep

    def new(self):
        os.makedirs(self._folder, exist_ok=True)
        each = str(len(os.listdir(self._folder)) + 1)
        os.mkdir(os.path.join(self._folder, each))
        return self._name + each + (os.sep if os.path.isabs(self._name) else "/")


@contextlib.contextmanager
def led(folders, show_particles=False):
    """While a scene is opened in here, its caches that are not baked are led into new folders."""
    problems = []

    @persistent
    def lead(*_):
        try:
            if show_particles:
                _show_particles()
            _lead_all(folders)
        except Exception as problem:  # Blender only prints what a handler raises
            problems.append(problem)

    bpy.app.handlers.load_post.append(lead)
    try:
        yield
    finally:
        bpy.app.handlers.load_post.remove(lead)
    if problems:
        raise problems[0]


def holds(path):
    """Whether a file is one that this session wrote for itself."""
    return _folder is not None and bpy.path.abspath(path).startswith(_folder + os.sep)


def _show_particles():
    """Baking does the same: particles that the viewport does not show would not be simulated."""
    for settings in bpy.data.particles:
        if settings.type != "HAIR" and settings.display_percentage != 100:
            settings.display_percentage = 100


def _lead_all(folders):
    for scene in bpy.data.scenes:
        for cache in caches(scene):
            _lead(cache, {"scene": scene}, folders)
    for thing in bpy.data.objects:
        for cache in caches(thing):
            _lead(cache, {"object": thing}, folders)
        for modifier in thing.modifiers:
            domain = bakes.fluid_domain(modifier)
            if domain is not None and not bakes.fluid_is_baked(domain):
                # The folder first: with the type, Blender clears the folder that the domain has then.
                domain.cache_directory = folders.new()
                # Replayed, its frames would depend on which of them were read back from the files.
                domain.cache_type = "ALL"


def caches(block):
    """The point caches of an object or a scene."""
    if isinstance(block, bpy.types.Scene):
        return [block.rigidbody_world.point_cache] if block.rigidbody_world is not None else []
    if isinstance(block, bpy.types.Object):
        return [cache for modifier in block.modifiers for cache in bakes.point_caches(modifier)]
    return []


def _lead(cache, owner, folders):
    """Makes a point cache write somewhere else. To turn its disk cache off would delete what was sent with the scene."""
    # One that is external and not baked, as no artist makes it, would be written wherever it says.
    if not (cache.use_disk_cache or cache.use_external) or bakes.is_baked(cache):
        return
    if cache.id_data.library is not None:
        return  # Blender lets nobody edit it
    cache.use_external = True
    cache.filepath = folders.new()
    # An external cache counts as baked, and so would never be written.
    operate(bpy.ops.ptcache.free_bake, point_cache=cache, **owner)


def operate(operator, **context):
    """Calls an operator on what it would else find in the user interface."""
    if hasattr(bpy.context, "temp_override"):
        with bpy.context.temp_override(**context):
            return operator()
    return operator(dict(bpy.context.copy(), **context))
