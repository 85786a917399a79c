"""Scenes with scripts: handlers of every kind where scripts are trusted, and what may not run where they are not."""

import bpy

from scenes.stage import glowing, move, script

HANDLER = """import bpy
from bpy.app.handlers import persistent

@persistent
def change(scene, *rest):
    %s

bpy.app.handlers.%s.append(change)
"""
SHIFT = 'bpy.data.objects["Cube"].location.x = scene.frame_current * 0.3 - 2'


def handled(stage, kind, change=SHIFT, size=32):
    scene = stage.begin(size)
    stage.cube.data.materials[0] = glowing("Glow", (1, 0, 0, 1))
    script(HANDLER % (change, kind))
    return scene


def frame_change_pre(stage):
    handled(stage, "frame_change_pre")
    stage.save()


def frame_change_post(stage):
    handled(stage, "frame_change_post")
    stage.save()


def frame_change_of_material(stage):
    handled(
        stage,
        "frame_change_pre",
        'bpy.data.materials["Glow"].node_tree.nodes["Emission"].inputs[0].default_value = (scene.frame_current / 10, 0, 1, 1)',
    )
    stage.save()


def render_pre(stage):
    handled(stage, "render_pre")
    stage.save()


def render_post(stage):
    """What a handler changes after a frame is seen in the next one."""
    handled(stage, "render_post", 'bpy.data.objects["Light"].data.energy = scene.frame_current * 400')
    stage.cube.data.materials[0] = stage.material
    stage.save()


def depsgraph_update_post(stage):
    handled(stage, "depsgraph_update_post")
    stage.save()


def updated_by_script(stage):
    """One script brings about the update that another waits for."""
    handled(stage, "depsgraph_update_post")
    script(HANDLER % ("bpy.data.objects['Cube'].scale.z = 1.5; bpy.context.view_layer.update()", "frame_change_pre"), "update.py")
    stage.save()


def load_post(stage):
    scene = stage.begin()
    move(stage.cube, last=6)
    script(HANDLER % ('bpy.data.objects["Cube"].scale = (0.5, 0.5, 0.5)', "load_post"))
    stage.save()


def counted_text(stage, kind):
    """A counter in the picture, as burnt-in frame numbers are often made."""
    scene = stage.begin(64)
    stage.cube.hide_render = True
    body = bpy.data.curves.new("Count", "FONT")
    body.size = 3
    thing = bpy.data.objects.new("Count", body)
    scene.collection.objects.link(thing)
    thing.rotation_euler, thing.location = stage.camera.rotation_euler, (-1, -1, 0)
    body.materials.append(glowing("Count", (1, 1, 1, 1)))
    script(HANDLER % ('bpy.data.objects["Count"].data.body = str(scene.frame_current)', kind))
    return thing


def text_before_frame(stage):
    counted_text(stage, "frame_change_pre")
    stage.save()


def text_after_frame(stage):
    counted_text(stage, "frame_change_post")
    stage.save()


def moving_text(stage):
    move(counted_text(stage, "frame_change_pre"), -2, 1, 6)
    stage.save()


def border(stage):
    """The part of the picture that is rendered grows with each frame."""
    scene = handled(stage, "frame_change_pre", "scene.render.border_max_x = 0.3 + scene.frame_current * 0.1", 64)
    scene.render.use_border = scene.render.use_crop_to_border = True
    stage.save()


def resolution(stage):
    handled(stage, "frame_change_pre", "scene.render.resolution_percentage = 100 - 10 * scene.frame_current", 64)
    stage.save()


def camera_by_script(stage):
    scene = handled(stage, "frame_change_pre", 'scene.camera = bpy.data.objects["Second" if scene.frame_current > 2 else "Camera"]')
    second = bpy.data.objects.new("Second", bpy.data.cameras.new("Second"))
    second.location, second.rotation_euler = (0, -9, 0), (1.5708, 0, 0)
    scene.collection.objects.link(second)
    stage.save()


def driver_function(stage):
    """A driver that asks a function which the scene's own script registers."""
    stage.begin()
    script("import bpy\nbpy.app.driver_namespace['swing'] = lambda frame: (frame % 3) - 1\n")
    bpy.app.driver_namespace["swing"] = lambda frame: (frame % 3) - 1
    stage.cube.driver_add("location", 0).driver.expression = "swing(frame)"
    stage.save()


def driven_by_python(stage):
    stage.begin()
    stage.camera.driver_add("location", 0).driver.expression = "len(bpy.data.objects) * frame * 0.1"
    stage.save()


def driven_by_arithmetic(stage):
    """Blender computes it without Python."""
    stage.begin()
    stage.cube.driver_add("location", 0).driver.expression = "frame * 0.3 - 1"
    stage.save()


def driver_of_nothing_seen(stage):
    stage.begin()
    move(stage.cube)
    rig = bpy.data.objects.new("Old rig", None)
    rig.use_fake_user = True
    rig.driver_add("location", 0).driver.expression = "len(bpy.data.objects) * frame"
    stage.save()


def harmless_text(stage):
    """Tools of the artist's, which change no frame."""
    stage.begin()
    move(stage.cube)
    script("import bpy\n\ndef select_lights():\n    for each in bpy.data.objects:\n        each.select_set(each.type == 'LIGHT')\n", "tools.py")
    stage.save()


def style_module(stage):
    """A Freestyle style module is Python that runs while a frame renders."""
    scene = stage.begin()
    scene.render.use_freestyle = True
    settings = scene.view_layers[0].freestyle_settings
    settings.mode = "SCRIPT"
    text = bpy.data.texts.new("style.py")
    text.write("raise SystemExit('the style module ran')\n")
    module = settings.modules.new()
    module.script, module.use = text, True
    stage.save()
