"""Makes the scenes that the tests render, into the folder that is given after "--": tiny pictures, one sample."""

import os
import sys

import bpy

FOLDER = sys.argv[sys.argv.index("--") + 1]


def path(name):
    return os.path.join(FOLDER, name)


def base():
    """A cube that moves with the frame, a light, a camera; quick to render on any machine."""
    bpy.ops.wm.read_factory_settings()
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = 32
    scene.render.resolution_percentage = 100
    scene.frame_end = 20
    cube = bpy.data.objects["Cube"]
    for frame, x in ((-10, -3.0), (20, 3.0)):
        cube.location.x = x
        cube.keyframe_insert("location", index=0, frame=frame)
    return scene


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath=path(name + ".blend"), compress=False, relative_remap=False)


def image_node(image):
    material = bpy.data.materials["Material"]
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    material.node_tree.links.new(node.outputs[0], material.node_tree.nodes["Principled BSDF"].inputs[0])
    return node


def picture(name, color):
    image = bpy.data.images.new(name, 4, 4)
    image.pixels = list(color) * 16
    image.filepath_raw = path(name)
    image.file_format = "PNG"
    image.save()
    bpy.data.images.remove(image)


def plain():
    base()
    save("plain")


def choices():
    scene = base()
    scene.view_layers.new("Second")
    other = bpy.data.objects.new("Side", bpy.data.cameras.new("Side"))
    other.location = (0.0, -9.0, 0.0)
    other.rotation_euler = (1.5708, 0.0, 0.0)
    scene.collection.objects.link(other)
    marker = scene.timeline_markers.new("cut", frame=5)
    marker.camera = other
    small = bpy.data.scenes.new("Small")
    small.render.engine = "BLENDER_WORKBENCH"
    save("choices")


def no_camera():
    base().camera = None
    save("no-camera")


def movie():
    """Asks for what a node may do otherwise: a movie, a graphics processor, and samples that rise with the frame."""
    scene = base()
    scene.render.image_settings.file_format = "FFMPEG"
    scene.cycles.device = "GPU"
    for frame, samples in ((1, 1), (3, 64)):
        scene.cycles.samples = samples
        scene.keyframe_insert("cycles.samples", frame=frame)
    save("movie")


def colors():
    base().view_settings.view_transform = "Filmic"
    save("unknown-view")
    replace("unknown-view", b"Filmic\0", b"Studio\0")
    output = base().render.image_settings
    output.color_management = "OVERRIDE"
    output.view_settings.view_transform = "False Color"
    save("unknown-output-view")
    replace("unknown-output-view", b"False Color\0", b"Lasse Color\0")


def replace(name, old, new):
    with open(path(name + ".blend"), "rb") as file:
        whole = file.read()
    with open(path(name + ".blend"), "wb") as file:
        file.write(whole.replace(old, new))


def zstd(content):
    """A file of zstd, of one block that is not compressed."""
    block = ((len(content) << 3) | 1).to_bytes(3, "little")
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(content)]) + block + content


def denoise():
    base().cycles.use_denoising = True
    save("denoise")


def file_outputs():
    scene = base()
    scene.use_nodes = True
    layers = scene.node_tree.nodes["Render Layers"]
    for name, base_path, slot in (("Up", "//", "../../escape/x"), ("Away", "/nowhere/at/all", "y")):
        node = scene.node_tree.nodes.new("CompositorNodeOutputFile")
        node.name = name
        node.base_path = base_path
        node.file_slots[0].path = slot
        scene.node_tree.links.new(layers.outputs[0], node.inputs[0])
    save("file-outputs")


def colliding_outputs():
    """File Output nodes of one name for this or that file system, in the scene's tree and in a group that has its name."""
    scene = base()
    scene.use_nodes = True
    tree = scene.node_tree
    layers = tree.nodes["Render Layers"]

    def output(tree, source, name, *slots):
        node = tree.nodes.new("CompositorNodeOutputFile")
        node.name = name
        node.base_path = "//"
        node.file_slots[0].path = slots[0]
        for slot in slots[1:]:
            node.file_slots.new(slot)
        for each in node.inputs:
            tree.links.new(source, each)
        return node

    for name in ("Out A", "Out:A", "Out/A", "\u989c\u8272", "\u6df1\u5ea6", "depth", "Depth", "CON", "\u00e9", "e\u0301"):
        output(tree, layers.outputs[0], name, "Image")
    output(tree, layers.outputs[0], "Two", "beauty/img_", "beauty-img_", "\u900f\u660e_", "take ##, b.", "l" * 300)
    group = bpy.data.node_groups.new(tree.name, "CompositorNodeTree")
    entry = group.nodes.new("NodeGroupInput")
    group.inputs.new("NodeSocketColor", "Image")
    output(group, entry.outputs[0], "Inside", "g_")
    output(group, entry.outputs[0], "Out A", "Image")
    user = tree.nodes.new("CompositorNodeGroup")
    user.node_tree = group
    tree.links.new(layers.outputs[0], user.inputs[0])
    save("colliding-outputs")


def textures():
    base()
    picture("there.png", (1, 0, 0, 1))
    image_node(bpy.data.images.load(path("there.png")))
    save("texture")
    base()
    picture("gone.png", (1, 0, 0, 1))
    image_node(bpy.data.images.load(path("gone.png")))
    save("no-texture")
    os.remove(path("gone.png"))
    # Reference pictures are in no frame, and may be missing.
    base()
    picture("reference.png", (1, 0, 0, 1))
    empty = bpy.data.objects.new("Reference", None)
    empty.empty_display_type = "IMAGE"
    empty.data = bpy.data.images.load(path("reference.png"))
    bpy.context.scene.collection.objects.link(empty)
    save("reference")
    os.remove(path("reference.png"))


def sequence():
    base()
    for number in (1, 2, 3, 4):
        picture("seq_%03d.png" % number, (number / 4, 0, 0, 1))
    image = bpy.data.images.load(path("seq_001.png"))
    image.source = "SEQUENCE"
    user = image_node(image).image_user
    user.frame_start, user.frame_duration, user.use_auto_refresh = 1, 4, True
    save("sequence")
    os.remove(path("seq_003.png"))


def sequence_texture(tree, kind, first):
    """A sequence of four pictures whose node does not refresh by itself, as Blender makes such nodes."""
    node = tree.nodes.new(kind)
    node.image = bpy.data.images.load(path(first), check_existing=False)
    node.image.source = "SEQUENCE"
    node.image_user.frame_duration = 4
    return node


def between_frames():
    """States in which a frame that is rendered alone is easily another than among the frames of an animation."""
    scene = base()
    for number in (1, 2, 3, 4):
        picture("step_%d.png" % number, (number / 4, 1 - number / 4, 0, 1))
    tree = bpy.data.materials["Material"].node_tree
    texture = sequence_texture(tree, "ShaderNodeTexImage", "step_1.png")
    tree.links.new(texture.outputs[0], tree.nodes["Principled BSDF"].inputs[0])
    tree = scene.world.node_tree
    texture = sequence_texture(tree, "ShaderNodeTexEnvironment", "step_1.png")
    tree.links.new(texture.outputs[0], tree.nodes["Background"].inputs[0])
    for name, frame, hidden in (("Hidden", 1, True), ("Seen", 3, False)):
        camera = bpy.data.objects.new(name, bpy.data.cameras.new(name))
        camera.location, camera.rotation_euler = (0, -9, 0), (1.5708, 0, 0)
        camera.hide_render = hidden
        scene.collection.objects.link(camera)
        scene.timeline_markers.new(name, frame=frame).camera = camera
    scene.render.use_motion_blur = True
    scene.camera.location.x = 6
    scene.camera.keyframe_insert("location", index=0, frame=1)
    scene.camera.location.x = 8
    scene.camera.keyframe_insert("location", index=0, frame=4)
    cube = bpy.data.objects["Cube"]
    cube.driver_add("rotation_euler", 2).driver.expression = "frame / 7"
    scene.frame_end = 4
    scene.frame_set(2, subframe=0.75)
    save("between-frames")
    text = bpy.data.texts.new("handlers.py")
    text.use_module = True
    text.write(
        """
import bpy
from bpy.app.handlers import persistent

@persistent
def move(scene, *_):
    bpy.data.objects["Light"].location.x = scene.frame_current
    scene.render.use_border = True
    scene.render.border_max_x = 0.3 + scene.frame_current / 10

@persistent
def count(scene, *_):
    scene["seen"] = scene.get("seen", 0) + 1
    bpy.data.objects["Cube"].scale.z = 1 + scene.frame_end / 20

@persistent
def nudge(*_):
    bpy.data.objects["Cube"].location.y += 0.4

bpy.app.handlers.frame_change_pre.append(move)
bpy.app.handlers.render_pre.append(count)
bpy.app.handlers.depsgraph_update_post.append(nudge)
"""
    )
    save("handlers")


def fonts_caches_libraries():
    base()
    text = bpy.data.objects.new("Text", bpy.data.curves.new("Text", "FONT"))
    bpy.context.scene.collection.objects.link(text)
    font = next(
        (os.path.join(root, name) for root, _, names in os.walk(bpy.utils.system_resource("DATAFILES"))
         for name in sorted(names) if name.endswith((".ttf", ".woff2"))),
        None,
    )
    if font:
        with open(font, "rb") as source, open(path("own" + os.path.splitext(font)[1]), "wb") as copy:
            copy.write(source.read())
        text.data.font = bpy.data.fonts.load(path("own" + os.path.splitext(font)[1]))
        save("no-font")
        os.remove(text.data.font.filepath)

    base()
    modifier = bpy.data.objects["Cube"].modifiers.new("Cache", "MESH_CACHE")
    modifier.filepath = path("never-baked.mdd")
    save("no-cache")

    base()
    bpy.data.objects["Cube"].name = "Lent"
    save("lender")
    base()
    with bpy.data.libraries.load(path("lender.blend"), link=True) as (there, here):
        here.objects = ["Lent"]
    bpy.context.scene.collection.objects.link(here.objects[0])
    save("no-library")
    os.remove(path("lender.blend"))


def scripts():
    base()
    cube = bpy.data.objects["Cube"]
    cube.driver_add("location", 2).driver.expression = "sin(frame / 5) * 2"
    save("simple-driver")
    cube.driver_add("location", 1).driver.expression = "len(bpy.data.objects) * 0.1"
    save("python-driver")
    base()
    text = bpy.data.texts.new("panel.py")
    text.use_module = True
    text.write("import bpy\n\nclass RIG_PT_panel(bpy.types.Panel):\n    pass\n")
    save("rig-panel")
    text.write("\nbpy.app.handlers.frame_change_pre.append(lambda *_: None)\n")
    save("registered-script")


def faults():
    """Does on each frame what its number says; needs to be trusted."""
    base()
    text = bpy.data.texts.new("faults.py")
    text.use_module = True
    text.write(
        """
import os, signal, sys, time
import bpy
from bpy.app.handlers import persistent

@persistent
def misbehave(scene, *_):
    frame = scene.frame_current
    once = os.path.join(os.path.dirname(bpy.data.filepath), "once-%d" % frame)
    if frame == 2:
        os.kill(os.getpid(), signal.SIGSEGV)
    elif frame == 3:
        time.sleep(60)
    elif frame == 4:
        os._exit(3)
    elif frame == 5:
        raise ValueError("this scene is at fault")
    elif frame == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    elif frame in (7, 8) and not os.path.exists(once):
        open(once, "w").close()
        os.kill(os.getpid(), signal.SIGSEGV) if frame == 7 else time.sleep(60)
    elif frame == 9:
        for _ in range(600):
            print("busy", flush=True)
            time.sleep(0.1)

bpy.app.handlers.render_pre.append(misbehave)
"""
    )
    save("faults")


def simulations():
    """Cloth, a rigid body and particles, then a fluid: each as it is, and baked."""
    scene = base()
    scene.frame_end = 12
    scene.render.fps, scene.render.fps_base = 30, 1.001
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=10, y_subdivisions=10, size=3, location=(0, 0, 2.5))
    flag = bpy.context.object
    flag.name = "Flag"
    flag.modifiers.new("Cloth", "CLOTH").point_cache.frame_end = 12
    bpy.data.objects["Cube"].modifiers.new("Collision", "COLLISION")
    bpy.ops.mesh.primitive_cube_add(size=1, location=(2, 0, 2), rotation=(0.3, 0.5, 0))
    bpy.context.object.name = "Box"
    bpy.ops.rigidbody.object_add()
    scene.rigidbody_world.point_cache.frame_end = 12
    bpy.ops.mesh.primitive_plane_add(size=1, location=(-2, 0, 2))
    bpy.context.object.modifiers.new("Rain", "PARTICLE_SYSTEM")
    rain = bpy.context.object.particle_systems[0]
    rain.settings.count, rain.settings.frame_end, rain.settings.brownian_factor = 60, 10, 1.0
    rain.settings.render_type, rain.settings.instance_object = "OBJECT", bpy.data.objects["Box"]
    rain.settings.display_percentage = 50
    rain.point_cache.frame_end = 12
    save("simulated")
    bpy.ops.ptcache.bake_all(bake=True)
    save("simulated-baked")
    flag.hide_render = True
    bpy.data.objects["Box"].hide_render = True
    bpy.data.objects["Plane"].modifiers["Rain"].show_render = False
    bpy.ops.ptcache.free_bake_all()
    scene.rigidbody_world.enabled = False
    save("simulated-unseen")

    # The cache of what is linked is the library's, and not saved with the scene that links it.
    for name in ("simulated", "simulated-baked"):
        scene = base()
        scene.frame_end = 12
        bpy.data.objects["Cube"].modifiers.new("Collision", "COLLISION")
        with bpy.data.libraries.load(path(name + ".blend"), link=True, relative=True) as (there, here):
            here.objects = ["Flag"]
        scene.collection.objects.link(here.objects[0])
        save(name + "-linked")

    scene = base()
    scene.frame_end = 5
    domain = bpy.data.objects["Cube"]
    domain.animation_data_clear()
    domain.scale = (2, 2, 2)
    bpy.ops.mesh.primitive_ico_sphere_add(radius=0.5)
    flow = bpy.context.object.modifiers.new("Flow", "FLUID")
    flow.fluid_type = "FLOW"
    flow.flow_settings.flow_type, flow.flow_settings.flow_behavior = "LIQUID", "GEOMETRY"
    fluid = domain.modifiers.new("Domain", "FLUID")
    fluid.fluid_type = "DOMAIN"
    settings = fluid.domain_settings
    settings.domain_type, settings.resolution_max, settings.use_mesh = "LIQUID", 16, True
    settings.cache_type, settings.cache_frame_end, settings.cache_directory = "REPLAY", 5, "//fluid"
    save("fluid")
    settings.cache_type, settings.cache_directory = "ALL", "//fluid-baked"
    bpy.context.view_layer.objects.active = domain
    bpy.ops.fluid.bake_all()
    save("fluid-baked")


def geometry_nodes():
    base()
    tree = bpy.data.node_groups.new("Same", "GeometryNodeTree")
    tree.inputs.new("NodeSocketGeometry", "Geometry")
    tree.outputs.new("NodeSocketGeometry", "Geometry")
    tree.links.new(tree.nodes.new("NodeGroupInput").outputs[0], tree.nodes.new("NodeGroupOutput").inputs[0])
    bpy.data.objects["Cube"].modifiers.new("Same", "NODES").node_group = tree
    save("geometry-nodes")


def hungry():
    base()
    modifier = bpy.data.objects["Cube"].modifiers.new("Many", "SUBSURF")
    modifier.subdivision_type = "SIMPLE"
    modifier.levels, modifier.render_levels = 0, 11
    save("hungry")


def broken():
    with open(path("plain.blend"), "rb") as file:
        whole = file.read()
    for name, content in (
        ("truncated", whole[: len(whole) // 3]),
        ("junk", b"not a scene " * 100),
        ("empty", b""),
        ("newer", whole[:9] + b"405" + whole[12:]),
        ("newer-compressed", zstd(b"BLENDER17-01v0500" + bytes(200))),
        ("newer-truncated", whole[:9] + b"405" + whole[12 : len(whole) // 3]),
        ("unknown-engine", whole.replace(b"CYCLES\0_EEVEE", b"NOPEXX\0_EEVEE")),
    ):
        with open(path(name + ".blend"), "wb") as file:
            file.write(content)


for make in (
    plain, choices, no_camera, movie, colors, denoise, file_outputs, colliding_outputs, textures, sequence, between_frames,
    fonts_caches_libraries, scripts, faults, simulations, geometry_nodes, hungry, broken,
):
    make()
