"""Scenes in which it counts when a frame is."""

import math

from scenes.stage import camera, move


def subframe(stage):
    scene = stage.begin()
    move(stage.cube, last=6)
    scene.frame_set(2, subframe=0.75)
    stage.save()


def remapped(stage):
    scene = stage.begin()
    scene.render.frame_map_old, scene.render.frame_map_new = 100, 250
    move(stage.cube, last=12)
    stage.save()


def marker_cameras(stage):
    scene = stage.begin()
    second = camera("Second", (0, -9, 0), (math.pi / 2, 0, 0))
    scene.timeline_markers.new("first", frame=1).camera = stage.camera
    scene.timeline_markers.new("second", frame=3).camera = second
    move(stage.cube, last=8)
    stage.save()


def marker_of_a_hidden_camera(stage):
    scene = stage.begin()
    second = camera("Second", (0, -9, 0), (math.pi / 2, 0, 0))
    second.hide_render = True
    scene.timeline_markers.new("first", frame=1).camera = stage.camera
    scene.timeline_markers.new("second", frame=3).camera = second
    move(stage.cube, last=8)
    stage.save()


def simplify_animated(stage):
    scene = stage.begin()
    stage.cube.modifiers.new("Round", "SUBSURF").render_levels = 4
    scene.render.use_simplify = True
    for frame, level in ((1, 0), (5, 4)):
        scene.render.simplify_subdivision_render = level
        scene.render.keyframe_insert("simplify_subdivision_render", frame=frame)
    stage.save()
