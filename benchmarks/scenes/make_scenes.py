"""Makes the two scenes that the benchmark of warm sessions renders, into the folder that is given.

    blender --background --factory-startup --python make_scenes.py -- FOLDER

light.blend loads at once and takes tenths of a second a frame: there Blender's own start is what a warm session saves.
heavy.blend takes seconds until its first sample, since its three million faces come from modifiers, and less than half a
second a frame after that: its geometry stands still while the camera goes round it, as in many a shot. The modifiers also
work while the scene is edited, so that opening it costs what opening a production scene does.
"""

import math
import os
import sys

import bpy
from mathutils import Vector

FRAMES = 240
ROCKS = 40
FOLDER = sys.argv[sys.argv.index("--") + 1]


def light():
    scene = stage(320, 180, samples=5)
    for number in range(12):
        turn = 2 * math.pi * number / 12
        bpy.ops.mesh.primitive_uv_sphere_add(
            radius=0.45, location=(2.2 * math.cos(turn), 2.2 * math.sin(turn), 0.45), segments=32, ring_count=16
        )
        ball = bpy.context.object
        ball.data.materials.append(material("Ball %d" % number, (0.5 + 0.4 * math.cos(turn), 0.3, 0.5, 1.0)))
        for frame in range(1, FRAMES + 1, 4):
            ball.location.z = 0.45 + 0.5 * abs(math.sin(turn + frame * 0.2))
            ball.keyframe_insert("location", index=2, frame=frame)
    save(scene, "light")


def heavy():
    scene = stage(240, 135, samples=4)
    noise = bpy.data.textures.new("Rock", "CLOUDS")
    noise.noise_scale, noise.noise_depth = 0.35, 5
    stone = material("Stone", (0.35, 0.31, 0.27, 1.0))
    for number in range(ROCKS):
        turn = 2 * math.pi * number * 0.381966
        distance = 0.55 * math.sqrt(number + 0.5)
        bpy.ops.mesh.primitive_ico_sphere_add(
            subdivisions=3, radius=0.42, location=(distance * math.cos(turn), distance * math.sin(turn), 0.2)
        )
        rock = bpy.context.object
        rock.rotation_euler = (number, 2.0 * number, 3.0 * number)
        rock.data.materials.append(stone)
        for face in rock.data.polygons:
            face.use_smooth = True
        finer = rock.modifiers.new("Finer", "SUBSURF")
        finer.levels = finer.render_levels = 3
        rough = rock.modifiers.new("Rough", "DISPLACE")
        rough.texture, rough.strength, rough.texture_coords = noise, 0.3, "GLOBAL"
    save(scene, "heavy")


def stage(width, height, samples):
    """A floor, a sun, a sky, and a camera that goes round."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, FRAMES
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
    render.image_settings.file_format = "PNG"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.max_bounces = 2
    world = bpy.data.worlds.new("Sky")
    scene.world = world
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.5, 0.6, 0.8, 1.0)
    world.cycles.sampling_method = "NONE"
    bpy.ops.mesh.primitive_plane_add(size=30)
    bpy.context.object.data.materials.append(material("Floor", (0.6, 0.6, 0.62, 1.0)))
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy = 3.0
    sun.rotation_euler = (0.8, 0.2, 0.5)
    scene.collection.objects.link(sun)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    for frame in range(1, FRAMES + 1):
        turn = 2 * math.pi * frame / FRAMES
        camera.location = (6.5 * math.cos(turn), 6.5 * math.sin(turn), 3.2)
        camera.rotation_euler = (-Vector(camera.location)).to_track_quat("-Z", "Y").to_euler()
        camera.keyframe_insert("location", frame=frame)
        camera.keyframe_insert("rotation_euler", frame=frame)
    return scene


def material(name, color):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    made.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = color
    return made


def save(scene, name):
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(FOLDER, name + ".blend"), compress=True)


light()
heavy()
