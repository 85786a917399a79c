"""Scenes that were baked, or come with other files that give shapes to frames."""

import math
import os
import shutil
import struct

import bpy

from scenes.simulations import bake_liquid, grid, liquid
from scenes.stage import bake, key


def flag(stage, last=8, disk=False, blend="scene.blend"):
    """A cloth that was baked, in memory or into the folder that Blender keeps beside the scene."""
    stage.begin(48, last=last, blend=blend)
    thing = grid()
    thing.name = "Flag"
    cache = thing.modifiers.new("Cloth", "CLOTH").point_cache
    cache.frame_end = last
    stage.cube.modifiers.new("Obstacle", "COLLISION")
    if disk:
        cache.name = "flag"
        cache.use_disk_cache = True
    stage.save(blend)
    bake(cache, thing)
    stage.save(blend)
    return thing


def cloth_in_memory(stage):
    flag(stage)


def cloth_on_disk(stage):
    flag(stage, disk=True)


def cloth_with_hole(stage):
    """One frame of the cache is not there."""
    flag(stage, disk=True)
    folder = stage.at("blendcache_scene")
    hole = [name for name in os.listdir(folder) if "_000005_" in name]
    assert hole, os.listdir(folder)
    os.remove(os.path.join(folder, hole[0]))


def cloth_cache_ends_early(stage):
    """Baked to frame 4; from there on the cloth stands still, as the artist sees it."""
    scene = stage.begin(48, last=8)
    thing = grid()
    cache = thing.modifiers.new("Cloth", "CLOTH").point_cache
    cache.frame_end = 4
    stage.save()
    bake(cache, thing)
    scene.frame_end = 8
    stage.save()


def soft_body_on_disk(stage):
    stage.begin(48, last=8)
    cube = stage.cube
    cube.location.z = 2
    modifier = cube.modifiers.new("Soft", "SOFT_BODY")
    modifier.settings.use_goal = False
    cache = modifier.point_cache
    cache.frame_end, cache.name = 8, "soft"
    cache.use_disk_cache = True
    stage.save()
    bake(cache, cube)
    stage.save()


def particles_on_disk(stage):
    stage.begin(48, last=8)
    plane = grid(2, 2, 2)
    plane.modifiers.new("Emitter", "PARTICLE_SYSTEM")
    system = plane.particle_systems[0]
    settings = system.settings
    settings.count, settings.frame_start, settings.frame_end = 200, 1, 6
    settings.render_type, settings.instance_object, settings.particle_size = "OBJECT", stage.cube, 0.1
    cache = system.point_cache
    cache.frame_end, cache.name = 8, "dust"
    cache.use_disk_cache = True
    stage.save()
    bake(cache, plane)
    stage.save()


def rigid_body_in_memory(stage):
    scene = stage.begin(48, last=8)
    stage.cube.location.z = 3
    bpy.context.view_layer.objects.active = stage.cube
    bpy.ops.rigidbody.object_add()
    cache = scene.rigidbody_world.point_cache
    cache.frame_end = 8
    stage.save()
    bpy.ops.ptcache.bake_all(bake=True)
    stage.save()


def library_cloth(stage):
    """The cloth and its cache are a library's: the cache lies in a folder that is named after the library."""
    flag(stage, disk=True, blend="prop.blend")
    stage.begin(48, last=8)
    with bpy.data.libraries.load(stage.at("prop.blend"), link=True, relative=True) as (_, here):
        here.objects = ["Flag"]
    bpy.context.scene.collection.objects.link(here.objects[0])
    stage.save()


def ocean(stage):
    stage.begin(48, last=4)
    cube = stage.cube
    modifier = cube.modifiers.new("Ocean", "OCEAN")
    modifier.geometry_mode, modifier.filepath = "GENERATE", "//ocean"
    modifier.resolution = modifier.viewport_resolution = 4
    modifier.frame_start, modifier.frame_end = 1, 4
    modifier.wave_scale = 2
    key(cube, 'modifiers["Ocean"].time', {1: 1.0, 4: 3.0})
    stage.save()
    bpy.context.view_layer.objects.active = cube
    bpy.ops.object.ocean_bake(modifier="Ocean")
    note_bake(modifier, b"//ocean\0")
    assert modifier.is_cached
    stage.save()


def note_bake(modifier, path):
    """Notes in the modifier that it was baked, which Blender without a window leaves undone: the flag that follows its paths."""
    import ctypes

    if modifier.is_cached:
        return
    memory = (ctypes.c_char * 4096).from_address(modifier.as_pointer())
    begin = bytes(memory).index(path)
    for offset in range(begin + 64, begin + 1400):
        kept = memory[offset]
        if kept == b"\0":
            memory[offset] = b"\1"
            if modifier.is_cached:
                return
            memory[offset] = kept


def multires(stage):
    """Sculpted detail that is kept in a file of its own."""
    stage.begin(48)
    cube = stage.cube
    modifier = cube.modifiers.new("Detail", "MULTIRES")
    bpy.context.view_layer.objects.active = cube
    for _ in range(3):
        bpy.ops.object.multires_subdivide(modifier="Detail")
    sculpted = cube.copy()
    sculpted.data = cube.data.copy()
    bpy.context.scene.collection.objects.link(sculpted)
    bpy.ops.object.select_all(action="DESELECT")
    sculpted.select_set(True)
    bpy.context.view_layer.objects.active = sculpted
    bpy.ops.object.modifier_apply(modifier="Detail")
    for vertex in sculpted.data.vertices:
        vertex.co *= 1 + 0.4 * math.sin(vertex.co.x * 6) * math.sin(vertex.co.y * 6 + vertex.co.z * 4)
    cube.select_set(True)
    bpy.context.view_layer.objects.active = cube
    bpy.ops.object.multires_reshape(modifier="Detail")
    bpy.data.objects.remove(sculpted)
    stage.save()
    bpy.ops.object.multires_external_save(filepath=stage.at("Detail.btx"))
    modifier.filepath = "//Detail.btx"
    stage.save()


def mesh_cache(stage):
    """Points of each frame in a PC2 file (PointCache2: 12 bytes of name, version, points, start, rate, samples)."""
    stage.begin(48)
    cube = stage.cube
    points = [vertex.co.copy() for vertex in cube.data.vertices]
    with open(stage.at("shape.pc2"), "wb") as file:
        file.write(struct.pack("<12siiffi", b"POINTCACHE2\0", 1, len(points), 1.0, 1.0, 5))
        for sample in range(5):
            for point in points:
                file.write(struct.pack("<3f", *(point * (1 - 0.15 * sample))))
    modifier = cube.modifiers.new("Points", "MESH_CACHE")
    modifier.cache_format, modifier.filepath = "PC2", "//shape.pc2"
    modifier.frame_start = 1
    stage.save()


def fluid_baked(stage):
    liquid(stage, "ALL", 4)
    stage.save()
    bpy.ops.object.select_all(action="DESELECT")
    stage.cube.select_set(True)
    bpy.context.view_layer.objects.active = stage.cube
    bpy.ops.fluid.bake_all()
    stage.save()


def fluid_leftover(stage):
    """A Replay cache that was sent with its first frames only, as another render left it."""
    settings = liquid(stage, "REPLAY")
    stage.save()
    bake_liquid(stage, settings)
    shutil.copytree(os.path.join(stage.root, "right", "fluid"), stage.at("fluid"))
    for parent, _, names in os.walk(stage.at("fluid")):
        for name in names:
            if any("_%04d" % frame in name for frame in (4, 5, 6)):
                os.remove(os.path.join(parent, name))
