"""Scenes in which a frame depends on the frames before it, and was never baked."""

import bpy


def grid(cells=10, size=4, height=3):
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=cells, y_subdivisions=cells, size=size, location=(0, 0, height))
    return bpy.context.object


def cloth(stage):
    scene = stage.begin(48, last=8)
    flag = grid()
    flag.modifiers.new("Cloth", "CLOTH").point_cache.frame_end = 8
    stage.cube.modifiers.new("Obstacle", "COLLISION")
    stage.save()
    stage.bake_in_memory()
