"""Scenes in which it counts when a frame is, and from where it is seen."""

import math

import bpy

from scenes.stage import camera, key, move


def second_camera():
    return camera("Second", (0, -9, 0), (math.pi / 2, 0, 0))


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
    scene.timeline_markers.new("first", frame=1).camera = stage.camera
    scene.timeline_markers.new("second", frame=3).camera = second_camera()
    move(stage.cube, last=8)
    stage.save()


def marker_after_first_frames(stage):
    """The only marker with a camera comes later than the frames."""
    scene = stage.begin()
    scene.timeline_markers.new("later", frame=30).camera = second_camera()
    move(stage.cube, last=8)
    stage.save()


def marker_cameras_remapped(stage):
    scene = stage.begin()
    scene.timeline_markers.new("first", frame=1).camera = stage.camera
    scene.timeline_markers.new("second", frame=5).camera = second_camera()
    scene.render.frame_map_old, scene.render.frame_map_new = 100, 200
    move(stage.cube, last=8)
    stage.save()


def marker_with_hidden_camera(stage):
    scene = stage.begin()
    second = second_camera()
    second.hide_render = True
    scene.timeline_markers.new("first", frame=1).camera = stage.camera
    scene.timeline_markers.new("second", frame=3).camera = second
    move(stage.cube, last=8)
    stage.save()


def visibility(stage):
    stage.begin()
    for frame in range(1, 6):
        stage.cube.hide_render = frame % 2 == 0
        stage.cube.keyframe_insert("hide_render", frame=frame)
    stage.save()


def samples(stage):
    scene = stage.begin()
    key(scene, "cycles.samples", {1: 1, 5: 16})
    stage.save()


def motion_blur(stage):
    scene = stage.begin(48, 4)
    scene.render.use_motion_blur = True
    scene.render.motion_blur_shutter = 1
    move(stage.cube, last=6)
    stage.save()


def motion_blur_of_shape(stage):
    scene = stage.begin(48, 4)
    scene.render.use_motion_blur = True
    stage.cube.shape_key_add(name="Basis")
    shape = stage.cube.shape_key_add(name="Large")
    for point in shape.data:
        point.co *= 2
    key(stage.cube.data.shape_keys, 'key_blocks["Large"].value', {1: 0.0, 4: 1.0})
    stage.save()


def motion_blur_across_cameras(stage):
    scene = stage.begin(48, 4)
    scene.render.use_motion_blur = True
    scene.render.motion_blur_shutter = 1
    second = second_camera()
    move(stage.camera, 7, 4)
    move(second, -3, 3)
    scene.timeline_markers.new("first", frame=1).camera = stage.camera
    scene.timeline_markers.new("second", frame=3).camera = second
    stage.save()


def frame_rate(stage):
    scene = stage.begin()
    scene.render.fps, scene.render.fps_base = 30, 1.001
    curve = bpy.data.curves.new("Path", "CURVE")
    curve.dimensions = "3D"
    spline = curve.splines.new("POLY")
    spline.points.add(1)
    spline.points[0].co, spline.points[1].co = (-3, 0, 0, 1), (3, 0, 0, 1)
    path = bpy.data.objects.new("Path", curve)
    scene.collection.objects.link(path)
    follow = stage.cube.constraints.new("FOLLOW_PATH")
    follow.target = path
    curve.path_duration = 6
    key(curve, "eval_time", {1: 0.0, 6: 6.0})
    stage.save()


def simplify_animated(stage):
    scene = stage.begin()
    stage.cube.modifiers.new("Round", "SUBSURF").render_levels = 4
    scene.render.use_simplify = True
    for frame, level in ((1, 0), (5, 4)):
        scene.render.simplify_subdivision_render = level
        scene.render.keyframe_insert("simplify_subdivision_render", frame=frame)
    move(stage.cube, last=8)
    stage.save()


def no_camera(stage):
    scene = stage.begin()
    scene.camera = None
    stage.save()
