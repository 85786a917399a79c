"""What Blender tells of the caches of its simulations: where they are in a modifier, and whether they are baked for all frames."""

import os
import re

import bpy

DEEPEST = 4
ZONE = "GeometryNodeSimulationOutput"
SPRAYS = ("use_spray_particles", "use_foam_particles", "use_bubble_particles", "use_tracer_particles")


def point_caches(modifier):
    """The point caches of a modifier, wherever they are inside it."""
    found = {}
    _gather(modifier, DEEPEST, found)
    return list(found.values())


def _gather(owner, depth, found):
    for prop in owner.bl_rna.properties:
        if prop.type not in ("POINTER", "COLLECTION") or prop.identifier == "rna_type" or _is_block(prop):
            continue
        value = getattr(owner, prop.identifier, None)
        for each in (value,) if prop.type == "POINTER" else value or ():
            if isinstance(each, bpy.types.PointCache):
                found.setdefault(each.as_pointer(), each)
            elif each is not None and depth > 0:
                _gather(each, depth - 1, found)


def _is_block(prop):
    kind = getattr(bpy.types, prop.fixed_type.identifier, None)
    return kind is None or issubclass(kind, bpy.types.ID)


def is_baked(cache):
    """Whether all frames of a point cache are there; Blender calls one baked whose baking was broken off.

    Files of one on disk are asked for one by one, like those of textures.
    """
    if not cache.is_baked or cache.use_external or cache.use_disk_cache:
        return cache.is_baked
    counted = re.match(r"(\d+) frames", cache.info)
    length = cache.frame_end - cache.frame_start
    return counted is None or int(counted.group(1)) >= length // max(cache.frame_step, 1) + 1


def fluid_domain(modifier):
    """The settings of a fluid's domain, where the modifier is one."""
    if modifier.type == "FLUID" and modifier.fluid_type == "DOMAIN":
        return modifier.domain_settings
    return None


def fluid_is_baked(domain):
    """Whether a domain is baked in all parts and for all frames; one that is replayed never is."""
    if domain.cache_type == "REPLAY":
        return False
    liquid = domain.domain_type == "LIQUID"
    parts = ["data"]
    if liquid and domain.use_mesh:
        parts.append("mesh")
    if liquid and any(getattr(domain, name, False) for name in SPRAYS):
        parts.append("particles")
    if not liquid and domain.use_noise:
        parts.append("noise")
    for part in parts:
        paused = getattr(domain, "cache_frame_pause_" + part, 0)
        if not getattr(domain, "has_cache_baked_" + part) or 0 < paused < domain.cache_frame_end:
            return False
    return True


def zone_bakes(modifier, nodes):
    """What Geometry Nodes keep of the bakes of zones, from Blender 4.1: one for each that ends in one of these nodes, or None."""
    found = {bake.node.as_pointer(): bake for bake in getattr(modifier, "bakes", ()) if bake.node is not None}
    return [found.get(node.as_pointer()) for node in nodes]


def zones_are_baked(modifier, nodes):
    """Whether all frames of these zones are there in files. Blender does not tell scripts of what is packed into the scene."""
    return all(bake is not None and zone_is_baked(modifier, bake) for bake in zone_bakes(modifier, nodes))


def zone_is_baked(modifier, bake):
    target = getattr(bake, "bake_target", "DISK")
    if (modifier.bake_target if target == "INHERIT" else target) != "DISK":
        return False
    folder = bake.directory if bake.use_custom_path else modifier.bake_directory and os.path.join(modifier.bake_directory, str(bake.bake_id))
    if not folder:
        return False
    try:
        names = os.listdir(os.path.join(bpy.path.abspath(folder, library=modifier.id_data.library), "meta"))
    except OSError:
        return False
    there = {int(found.group(1)) for found in map(re.compile(r"(-?\d+)_\d+\.json$").match, names) if found}
    first, last = zone_range(modifier, bake)
    return there.issuperset(range(first, last + 1))


def zone_range(modifier, bake):
    """The frames that a bake of a zone has."""
    if bake.use_custom_simulation_frame_range:
        return bake.frame_start, bake.frame_end
    ranges = scene_ranges(modifier)
    return min((first for first, _ in ranges), default=1), max((last for _, last in ranges), default=0)


def scene_ranges(modifier):
    """The frames of simulations in each scene that has the object of a modifier."""
    found = []
    for scene in bpy.data.scenes:
        if modifier.id_data.name in scene.objects:
            own = "simulation_frame_" if getattr(scene, "use_custom_simulation_range", False) else "frame_"
            found.append((getattr(scene, own + "start"), getattr(scene, own + "end")))
    return found
