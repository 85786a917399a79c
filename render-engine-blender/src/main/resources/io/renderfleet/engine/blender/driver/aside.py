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
    problems = []

    @persistent
    def lead(*_):
        try:
            _lead_all()
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


def _lead_all():
    for settings in bpy.data.particles:
        # Baking does the same: particles that the viewport does not show would not be simulated.
        if settings.type != "HAIR" and settings.display_percentage != 100:
            settings.display_percentage = 100
    for thing in bpy.data.objects:
        for modifier in thing.modifiers:
            for cache in bakes.point_caches(modifier):
                if cache.use_disk_cache and not cache.use_external and not bakes.is_baked(cache):
                    _lead(cache, thing)
            domain = bakes.fluid_domain(modifier)
            if domain is not None and not bakes.fluid_is_baked(domain):
                # Replayed, its frames would depend on which of them were read back from the files.
                domain.cache_type = "ALL"
                domain.cache_directory = _new_folder()


def _new_folder():
    os.makedirs(_folder, exist_ok=True)
    path = os.path.join(_folder, str(len(os.listdir(_folder)) + 1))
    os.mkdir(path)
    return path + os.sep


def _lead(cache, thing):
    """Makes a point cache write somewhere else. To turn its disk cache off would delete what was sent with the scene."""
    cache.use_external = True
    cache.filepath = _new_folder()
    # An external cache counts as baked, and so would never be written.
    operate(bpy.ops.ptcache.free_bake, point_cache=cache, object=thing)


def operate(operator, **context):
    """Calls an operator on what it would else find in the user interface."""
    if hasattr(bpy.context, "temp_override"):
        with bpy.context.temp_override(**context):
            return operator()
    return operator(dict(bpy.context.copy(), **context))
