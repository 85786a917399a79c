"""Scenes of other engines and kinds: EEVEE and Workbench, lines, strokes, strips, nothing at all. Few and small, since they are slow."""

import bpy

from scenes.stage import EEVEE, color_strip, load_image, move, strips, textured


def stroke():
    if "gpencil_add" in dir(bpy.ops.object):
        bpy.ops.object.gpencil_add(location=(0, 0, 2), type="MONKEY")
    else:
        bpy.ops.object.grease_pencil_add(location=(0, 0, 2), type="MONKEY")
    return bpy.context.object


def eevee(stage):
    scene = stage.begin(48)
    scene.render.engine = EEVEE
    scene.eevee.taa_render_samples = 4
    move(stage.cube, last=6)
    stage.save()


def eevee_motion_blur(stage):
    scene = stage.begin(48)
    scene.render.engine = EEVEE
    scene.eevee.taa_render_samples = 4
    (scene.render if hasattr(scene.render, "motion_blur_shutter") and not hasattr(scene.eevee, "use_motion_blur") else scene.eevee).use_motion_blur = True
    move(stage.cube, last=6)
    stage.save()


def workbench(stage):
    scene = stage.begin(48)
    scene.render.engine = "BLENDER_WORKBENCH"
    move(stage.cube, last=6)
    stage.save()


def workbench_sequence(stage):
    """A card with a picture sequence, shown flat."""
    scene = stage.begin()
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.display.shading.light, scene.display.shading.color_type = "FLAT", "TEXTURE"
    tree = stage.material.node_tree
    node = textured(
        stage.material,
        load_image(stage, stage.sequence("t%03d.png", 5), "SEQUENCE"),
        frames=5,
        socket=tree.nodes["Principled BSDF"].inputs[0],
    )
    tree.nodes.active = node
    stage.save()


def strokes_in_cycles(stage):
    stage.begin(64)
    move(stroke(), -1, 1, 6)
    stage.save()


def strokes_in_workbench(stage):
    scene = stage.begin(64)
    scene.render.engine = "BLENDER_WORKBENCH"
    move(stroke(), -1, 1, 6)
    stage.save()


def freestyle_lines(stage):
    scene = stage.begin(64)
    scene.render.use_freestyle = scene.view_layers[0].use_freestyle = True
    move(stage.cube, last=6)
    stage.save()


def strips_without_camera(stage):
    scene = stage.begin()
    bpy.data.objects.remove(stage.camera)
    places = strips(scene)
    strip = color_strip(scene.sequence_editor, "color", 1, 1, 20, (1, 0, 0))
    for frame, value in ((1, 0.0), (5, 1.0)):
        strip.color[1] = value
        strip.keyframe_insert("color", frame=frame)
    assert len(places) == 1
    stage.save()


def strips_off(stage):
    scene = stage.begin()
    move(stage.cube, last=6)
    strips(scene)
    color_strip(scene.sequence_editor, "color", 1, 1, 20, (1, 0, 0))
    scene.render.use_sequencer = False
    stage.save()


def scene_strip(stage):
    """The sequencer shows another scene of the file."""
    scene = stage.begin()
    move(stage.cube, last=6)
    cut = bpy.data.scenes.new("Cut")
    cut.render.engine = "CYCLES"
    cut.cycles.use_denoising = False
    cut.render.resolution_x = cut.render.resolution_y = 32
    cut.view_settings.view_transform = "Standard"
    strips(cut).new_scene("shot", scene, 1, 1)
    bpy.context.window.scene = cut
    stage.save()


def no_layer(stage):
    scene = stage.begin()
    scene.view_layers[0].use = False
    move(stage.cube)
    stage.save()
