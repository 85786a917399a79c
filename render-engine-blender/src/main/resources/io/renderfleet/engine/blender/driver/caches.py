"""Where Blender keeps what was baked, and which files of it a frame takes.

A reader gets the data block, the part of it (a modifier, a particle system), and the struct that has the path; it yields needs.
"""

import os
import re

import bpy

import aside
import structs
from needs import Folder, Leftover, Need


def point_cache(block, part, cache):
    """Cloth, soft bodies, particles, dynamic paint: a file for each frame, in a folder named like the scene's file or chosen freely."""
    if aside.holds(cache.filepath):
        return
    if cache.use_external:
        folder, beside = cache.filepath, block
        stem, endings = cache.name, (".bphys", "_%02d.bphys" % max(cache.index, 0))
    elif cache.use_disk_cache:
        # A library's caches lie beside the library, under its name, unless the scene is to have its own.
        beside = block if block.library and cache.use_library_path else None
        file = block.library.filepath if beside else bpy.data.filepath
        folder = "//blendcache_" + os.path.splitext(os.path.basename(file.replace("\\", "/")))[0]
        stem, endings = cache.name or block.name.encode("utf-8").hex().upper(), ("_%02d.bphys" % max(cache.index, 0),)
    else:
        return
    if not folder:
        return

    mine = re.compile(re.escape(stem) + "_").match
    if not cache.use_external and not cache.is_baked:
        yield Leftover(block, part, folder, mine, beside)
        return

    def names(frame):
        if frame < cache.frame_start:
            return []
        frame = min(frame, cache.frame_end)
        # Where not every frame is kept, Blender goes between those that are.
        near = cache.frame_step if cache.frame_step > 1 else 0
        near = sorted(range(frame - near, frame + near + 1), key=lambda each: abs(each - frame))
        return [tuple("%s_%06d%s" % (stem, each, ending) for each in near for ending in endings)]

    yield Folder("cache", block, part, folder, names, mine, beside)


def ocean(thing, modifier, _):
    if not modifier.is_cached or not modifier.filepath:
        return
    kinds = ["disp"]
    kinds += ["foam"] if modifier.use_foam else []
    kinds += ["normal"] if modifier.use_normals else []
    kinds += ["spray"] if getattr(modifier, "use_spray", False) else []

    def names(frame):
        frame = min(max(frame, modifier.frame_start), modifier.frame_end)
        return ["%s_%04d.exr" % (kind, frame) for kind in kinds]

    yield Folder("cache", thing, modifier, modifier.filepath, names, re.compile("(disp|foam|normal|spray).*_").match)


def fluid(thing, modifier, settings):
    """Of a baked domain: what of it is drawn."""
    if not settings.cache_directory or aside.holds(settings.cache_directory):
        return
    gas = settings.domain_type == "GAS"
    # Blender names the format as the ending, the mesh's too.
    parts = []
    if gas or not settings.use_mesh:
        parts += [("data", "fluid_data")] if settings.has_cache_baked_data else []
        parts += [("noise", "fluid_noise")] if gas and settings.use_noise and settings.has_cache_baked_noise else []
    elif settings.has_cache_baked_mesh:
        parts.append(("mesh", "fluid_mesh"))
    sprays = ("use_spray_particles", "use_foam_particles", "use_bubble_particles", "use_tracer_particles")
    if not gas and settings.has_cache_baked_particles and any(getattr(settings, name, False) for name in sprays):
        parts.append(("particles", "fluid_particles"))
    if settings.cache_type == "REPLAY" or not parts:
        yield Leftover(thing, modifier, settings.cache_directory)
        return

    def names(frame):
        frame -= settings.cache_frame_offset
        if not settings.cache_frame_start <= frame <= settings.cache_frame_end:
            return []
        endings = (".bobj.gz", ".vdb", ".uni", ".raw", ".obj", ".obj.gz")
        return [tuple("%s/%s_%04d%s" % (folder, stem, frame, each) for each in endings) for folder, stem in parts]

    yield Folder("cache", thing, modifier, settings.cache_directory, names)


def geometry_nodes(thing, modifier, _):
    """What simulation zones and bake nodes have written. A folder that is not there is to Blender what has not been baked."""
    for value, is_path in structs.group_inputs(modifier):
        if is_path and value:
            yield Need("file", thing, modifier, value)
    folders = [getattr(modifier, name, "") for name in ("bake_directory", "simulation_bake_directory")]
    folders += [bake.directory for bake in getattr(modifier, "bakes", ()) if bake.use_custom_path]
    for folder in dict.fromkeys(folders):
        if folder:
            yield Leftover(thing, modifier, folder)


def multires(thing, modifier, _):
    if modifier.is_external and modifier.filepath:
        yield Need("cache", thing, modifier, modifier.filepath)


def mesh_cache(thing, modifier, _):
    if modifier.filepath:
        yield Need("cache", thing, modifier, modifier.filepath)


READERS = {
    "PointCache.filepath": point_cache,
    "OceanModifier.filepath": ocean,
    "FluidDomainSettings.cache_directory": fluid,
    "NodesModifier.bake_directory": geometry_nodes,
    "NodesModifier.simulation_bake_directory": geometry_nodes,
    "MultiresModifier.filepath": multires,
    "MeshCacheModifier.filepath": mesh_cache,
}
