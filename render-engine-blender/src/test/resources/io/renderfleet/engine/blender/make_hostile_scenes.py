"""Scenes that mean harm. What they are after lies in the folder 'elsewhere' beside that of the scenes."""

import os
import sys

import bpy

FOLDER = sys.argv[sys.argv.index("--") + 1]
SCENES = os.path.join(FOLDER, "scenes")
ELSEWHERE = os.path.join(FOLDER, "elsewhere")
ESCAPE = os.path.join(ELSEWHERE, "escape")

# Tries what a style module could try, and says how far it came. Its targets are in a file beside the scene.
SCRIPT = r"""
import os, socket, subprocess
from freestyle.types import Operators

targets = dict(line.split('=', 1) for line in open('targets').read().splitlines())

def attempt(name, action):
    try:
        print('HARM', name, 'DONE', str(action())[:60], flush=True)
    except Exception as problem:
        print('HARM', name, 'FAILED', type(problem).__name__, flush=True)

attempt('token', lambda: open(targets['token']).read())
attempt('parent', lambda: [name for name in os.listdir('/proc') if name.isdigit() and targets['node'] == name][0])
attempt('network', lambda: socket.create_connection(('127.0.0.1', int(targets['port'])), timeout=3))
attempt('stored', lambda: open(targets['stored'], 'ab').write(b'harm'))
attempt('rights', lambda: os.chmod(targets['own'], 0o666))
attempt('own', lambda: open(targets['own'], 'ab').write(b'harm'))
attempt('output', lambda: open(targets['output'], 'wb').write(b'harm'))
attempt('temporary', lambda: open('/tmp/' + targets['mark'], 'w').write('harm'))
subprocess.Popen(['setsid', '-f', 'sleep', targets['sleep']])
"""


def base():
    bpy.ops.wm.read_factory_settings(use_empty=False)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 32, 24
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    return scene


def save(name):
    path = os.path.join(SCENES, name + ".blend")
    bpy.ops.wm.save_as_mainfile(filepath=path, compress=False, relative_remap=False)


def style(name, in_other_layer=False):
    scene = base()
    text = bpy.data.texts.new("style.py")
    text.write(SCRIPT)
    scene.render.use_freestyle = True
    settings = scene.view_layers[0].freestyle_settings
    settings.mode = "SCRIPT"
    module = settings.modules.new()
    module.script = text
    if in_other_layer:
        scene.view_layers[0].freestyle_settings.mode = "EDITOR"
        layer = scene.view_layers.new("lines")
        layer.freestyle_settings.mode = "SCRIPT"
        layer.freestyle_settings.modules.new().script = text
        layer.use_freestyle = False
    save(name)


def file_output(tree):
    node = tree.nodes.new("CompositorNodeOutputFile")
    node.base_path = ESCAPE
    node.format.file_format = "PNG"
    return node


def layers_of(tree):
    return next(node for node in tree.nodes if node.type == "R_LAYERS")


def group():
    """A group that bears the name of the scene's own tree."""
    scene = base()
    scene.use_nodes = True
    tree = scene.node_tree
    inner = bpy.data.node_groups.new(tree.name, "CompositorNodeTree")
    inner.inputs.new("NodeSocketColor", "Image")
    inner.links.new(inner.nodes.new("NodeGroupInput").outputs[0], file_output(inner).inputs[0])
    node = tree.nodes.new("CompositorNodeGroup")
    node.node_tree = inner
    tree.links.new(layers_of(tree).outputs[0], node.inputs[0])
    save("group")


def strip():
    scene = base()
    other = bpy.data.scenes.new("Other")
    other.render.engine, other.cycles.samples, other.camera = "CYCLES", 1, scene.camera
    for thing in list(scene.collection.all_objects):
        other.collection.objects.link(thing)
    other.render.resolution_x, other.render.resolution_y = 32, 24
    other.use_nodes = True
    other.node_tree.links.new(layers_of(other.node_tree).outputs[0], file_output(other.node_tree).inputs[0])
    shown = scene.sequence_editor_create().sequences.new_scene("strip", other, 1, 1)
    shown.frame_final_duration = 20
    save("strip")


def fluid():
    scene = base()
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    bpy.ops.mesh.primitive_cube_add(size=2)
    settings = bpy.context.object.modifiers.new("fluid", "FLUID")
    settings.fluid_type = "DOMAIN"
    settings = settings.domain_settings
    settings.domain_type, settings.cache_type, settings.resolution_max = "GAS", "REPLAY", 8
    scene.frame_end = settings.cache_frame_end = 3
    os.makedirs(ESCAPE, exist_ok=True)
    settings.cache_directory = ESCAPE
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.3)
    flow = bpy.context.object.modifiers.new("fluid", "FLUID")
    flow.fluid_type = "FLOW"
    flow.flow_settings.flow_type, flow.flow_settings.flow_behavior = "SMOKE", "INFLOW"
    save("fluid")


def cloth():
    scene = base()
    scene.frame_end = 3
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=4, y_subdivisions=4)
    cache = bpy.context.object.modifiers.new("Cloth", "CLOTH").point_cache
    cache.frame_end = 3
    return cache


def external():
    cache = cloth()
    cache.use_external = True
    cache.filepath = ESCAPE
    context = dict(bpy.context.copy(), point_cache=cache)
    bpy.ops.ptcache.free_bake(context)
    save("external")


def named():
    cache = cloth()
    cache.use_disk_cache = True
    cache.name = "../" * 12 + ESCAPE.lstrip("/") + "/named"
    save("cache_named")


def picture(name, path):
    scene = base()
    bpy.data.objects.remove(bpy.data.objects["Cube"])
    bpy.ops.mesh.primitive_plane_add(size=20)
    material = bpy.data.materials.new("material")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    image = bpy.data.images.new("stolen", 8, 8)
    image.source, image.filepath = "FILE", path
    shown = tree.nodes.new("ShaderNodeTexImage")
    shown.image = image
    glow = tree.nodes.new("ShaderNodeEmission")
    tree.links.new(shown.outputs[0], glow.inputs[0])
    tree.links.new(glow.outputs[0], tree.nodes.new("ShaderNodeOutputMaterial").inputs[0])
    bpy.context.object.data.materials.append(material)
    scene.camera.location, scene.camera.rotation_euler = (0, 0, 5), (0, 0, 0)
    scene.view_settings.view_transform = "Standard"
    save(name)


def library():
    base()
    with bpy.data.libraries.load(os.path.join(ELSEWHERE, "other.blend"), link=True) as (there, wanted):
        wanted.objects = ["Cube"]
    bpy.context.scene.collection.objects.link(bpy.data.objects["Cube", os.path.join(ELSEWHERE, "other.blend")])
    save("library")


def film():
    scene = base()
    image = bpy.data.images.new("film", 8, 8)
    image.source, image.filepath = "MOVIE", "http://127.0.0.1:9/film.mp4"
    scene.use_nodes = True
    shown = scene.node_tree.nodes.new("CompositorNodeImage")
    shown.image = image
    scene.node_tree.links.new(shown.outputs[0], next(n for n in scene.node_tree.nodes if n.type == "COMPOSITE").inputs[0])
    save("film")


def text():
    base()
    bpy.data.texts.new("notes").filepath = "/etc/passwd"
    save("text")


os.makedirs(SCENES)
os.makedirs(ELSEWHERE)
base()
bpy.ops.wm.save_as_mainfile(filepath=os.path.join(ELSEWHERE, "other.blend"), compress=False)
frame = bpy.data.images.new("frame", 8, 8)
frame.pixels = [1.0, 0.0, 0.0, 1.0] * 64
frame.filepath_raw, frame.file_format = os.path.join(ELSEWHERE, "frame.png"), "PNG"
frame.save()
style("style")
style("style_of_layer", in_other_layer=True)
group()
strip()
fluid()
external()
named()
picture("frame", os.path.join(ELSEWHERE, "frame.png"))
picture("absent", os.path.join(ELSEWHERE, "absent.png"))
picture("endless", "/dev/zero")
picture("pipe", "//pipe.png")
picture("folder", "//folder.png")
picture("link", "//link.png")
picture("above", "//../elsewhere/frame.png")
library()
film()
text()
