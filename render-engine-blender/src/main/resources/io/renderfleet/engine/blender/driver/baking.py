"""Bakes the simulations of a scene and saves it with them, so that every frame of it can be rendered by itself.

The scene is opened anew for that, without the settings of a request, and lies in a folder that may be written to. What Blender keeps
in files goes into one new folder beside it, which the saved scene names relatively. All else is saved as it was found.
"""

import contextlib
import functools
import mmap
import os

import bpy

import aside
import bakes
import caches
import preflight
import simulation
from aside import operate
from channel import Refused
from needed import wrong
from pace import signs_of_life

FOLDER = "renderfleet-bake"
ROOM = 64 * 1024


class Everything:
    """A reach without bounds: what is to be baked is found by its name."""

    def has(self, _):
        return True


def bake(wanted, keys):
    """Opens a scene, bakes what the keys name, and puts the baked scene in its place. Returns what was baked."""
    path = wanted.required("scene")
    if preflight.newer_version(path):
        raise Refused("simulation", "The scene was saved by a newer version of Blender, and would be saved by this one")
    folders = aside.Folders(*_new_folder(os.path.dirname(path)))
    with aside.led(folders):
        preflight.open_scene(wanted)
    if wanted.flag("trust") and any(map(preflight.changes_frames, bpy.data.texts)):
        raise Refused("simulation", "Scripts of the scene run when it is opened, and would do their work on the baked scene again")
    found = [each for each in simulation.unbaked(Everything()) if each.key in keys]
    if {each.key for each in found} != keys:
        raise Refused("simulation", "Of %d simulations only %d are found again" % (len(keys), len(found)))
    for each in found:
        if each.owner.library is not None:
            raise Refused("simulation", "%s is of a library, and what is baked of it is not saved with the scene" % each)
    scene = bpy.data.scenes[wanted.get("sceneName")] if wanted.get("sceneName") else bpy.context.scene
    with _as_it_was(found):
        _bake_points([each for each in found if each.cache is not None], scene)
        for each in found:
            with signs_of_life(min(each.last, scene.frame_end)):
                if each.domain is not None:
                    simulation.bake_fluid(each, scene)
                elif each.cache is None:
                    _bake_zones(each, folders)
    _require_files(found)
    _save(path)
    _require_room(path)
    return found


def _new_folder(beside):
    names = (FOLDER + ("-%d" % count if count else "") for count in range(1000))
    name = next(name for name in names if not os.path.lexists(os.path.join(beside, name)))
    return os.path.join(beside, name), "//%s/" % name


@contextlib.contextmanager
def _as_it_was(found):
    """Shows what is baked, and gives the scene back its time and what was hidden in it."""
    times = [(scene, scene.frame_current, scene.frame_subframe) for scene in bpy.data.scenes]
    changed = [change for each in found for change in simulation.show(each)]
    yield
    for owner, name, value in reversed(changed):
        setattr(owner, name, value)
    for scene, frame, subframe in times:
        if (scene.frame_current, scene.frame_subframe) != (frame, subframe):
            scene.frame_set(frame, subframe=subframe)


def _bake_points(found, scene):
    """Bakes point caches, all at once as far as that goes: they may act on one another."""
    for each in found:
        if each.cache.is_baked:
            operate(bpy.ops.ptcache.free_bake, **_context(each, scene))
        # What it holds may be of other settings, or lack frames: this makes Blender drop it.
        each.cache.frame_start = each.cache.frame_start
    last = max((each.last for each in found), default=0)
    with signs_of_life(last):
        for other in [scene] + [each for each in bpy.data.scenes if each != scene]:
            for layer in other.view_layers:
                if _left(found):
                    operate(functools.partial(bpy.ops.ptcache.bake_all, bake=True), scene=other, view_layer=layer)
        for each in _left(found):
            operate(functools.partial(bpy.ops.ptcache.bake, bake=True), **_context(each, scene))
    if _left(found):
        raise Refused("simulation", "%s could not be baked" % _left(found)[0])


def _bake_zones(each, folders):
    """Bakes the zones of a modifier, each into a folder of its own: no other bake of it is to be looked for elsewhere then."""
    nodes = list(simulation.zones(each.modifier.node_group))
    for bake in bakes.zone_bakes(each.modifier, nodes):
        if bake is None or not hasattr(each.owner, "session_uid"):
            raise Refused("simulation", "%s cannot be baked by Blender %s" % (each, bpy.app.version_string))
        bake.use_custom_path, bake.directory = True, folders.new()
        if hasattr(bake, "bake_target"):
            bake.bake_target = "DISK"
        bpy.ops.object.geometry_node_bake_single(
            session_uid=each.owner.session_uid, modifier_name=each.modifier.name, bake_id=bake.bake_id
        )
    if not bakes.zones_are_baked(each.modifier, nodes):
        raise Refused("simulation", "%s could not be baked" % each)


def _require_files(found):
    """Blender does not tell of a cache that it could not write."""
    for each in found:
        needs = []
        if each.cache is not None:
            needs = list(caches.point_cache(each.owner, each.modifier, each.cache))
        elif each.domain is not None:
            needs = list(caches.fluid(each.owner, each.modifier, each.domain))
        for need in needs:
            for frame in range(each.first, each.last + 1):
                amiss = [wrong(need, path) for path in need.at(frame, {})]
                if any(amiss):
                    raise Refused("simulation", "%s could not be baked: a file of frame %d %s" % (each, frame, next(filter(None, amiss))))


def _left(found):
    return [each for each in found if not bakes.is_baked(each.cache)]


def _context(each, scene):
    """Where operators find a point cache."""
    if each.modifier is None:
        return {"point_cache": each.cache, "scene": each.owner}
    return {"point_cache": each.cache, "scene": scene, "object": each.owner}


def _save(path):
    beside = path + ".baked"
    try:
        bpy.ops.wm.save_as_mainfile(filepath=beside, copy=True, compress=False, relative_remap=False, check_existing=False)
    except RuntimeError as problem:
        raise Refused("blender", "The baked scene could not be saved: %s" % str(problem).strip())
    _forget_place(beside)
    os.replace(beside, path)


def _require_room(path):
    """Tries to write a little: what was written to a full disk is cut off without a word."""
    probe = path + ".room"
    with open(probe, "wb") as file:
        file.write(b"\0" * ROOM)
    os.remove(probe)


def _forget_place(path):
    """Blender writes into a file where it was saved, and the folders of a node are nobody's concern."""
    place = os.fsencode(path)
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        at = content.find(place)
        while at >= 0:
            content[at:at + len(place)] = bytes(len(place))
            at = content.find(place, at + len(place))
