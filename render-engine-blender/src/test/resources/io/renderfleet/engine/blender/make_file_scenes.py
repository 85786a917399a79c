"""Makes scenes that read files, into the folder that is given after "--"; some of the files are taken away or spoilt afterwards."""

import ctypes
import os
import shutil
import sys
import time

import bpy

FOLDER = sys.argv[sys.argv.index("--") + 1]
GONE = "//gone.png"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12345\n" % 0


def path(name):
    return os.path.join(FOLDER, name)


def base():
    bpy.ops.wm.read_factory_settings()
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.render.resolution_percentage = 100
    scene.frame_end = 4
    return scene


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath=path(name + ".blend"), compress=False, relative_remap=False)


def cube():
    return bpy.data.objects["Cube"]


def picture(name):
    image = bpy.data.images.new(name, 4, 4)
    image.filepath_raw = path(name)
    image.file_format = "PNG"
    image.save()
    bpy.data.images.remove(image)


def image(name):
    """A picture; one that is missing keeps its size, and everything else that Blender knows of a file that it has read."""
    new = not os.path.exists(path(name))
    if new:
        picture(name)
    loaded = bpy.data.images.load(path(name))
    loaded.filepath = "//" + name
    tuple(loaded.size)
    if new:
        os.remove(path(name))
    return loaded


def gone():
    return image("gone.png")


def material(name="Painted", of=None, link=True):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    made.node_tree.links.clear()
    shader, out = made.node_tree.nodes["Principled BSDF"], made.node_tree.nodes["Material Output"]
    made.node_tree.links.new(shader.outputs[0], out.inputs[0])
    node = made.node_tree.nodes.new("ShaderNodeTexImage")
    node.image = of or gone()
    if link:
        made.node_tree.links.new(node.outputs[0], shader.inputs[0])
    return made


def put_on(thing, what):
    thing.data.materials.clear()
    thing.data.materials.append(what)
    return thing


def another(name="Other"):
    """A cube that is in no collection yet."""
    thing = bpy.data.objects.new(name, cube().data.copy())
    return put_on(thing, material())


def hidden():
    """A cube that no render shows by itself."""
    thing = another()
    bpy.context.scene.collection.objects.link(thing)
    thing.hide_render = True
    return thing


def painted():
    """The cube, painted with a picture that is not there, linked nowhere else."""
    return put_on(cube(), material())


CASES = []


def case(make):
    CASES.append(make)
    return make


# A picture is missing that no frame needs.


@case
def unneeded_material_of_nobody():
    base()
    material().use_fake_user = True


@case
def unneeded_node_that_leads_nowhere():
    base()
    put_on(cube(), material(link=False))


@case
def unneeded_muted_node():
    base()
    painted().data.materials[0].node_tree.nodes["Image Texture"].mute = True


@case
def unneeded_group_without_a_way_out():
    base()
    group = bpy.data.node_groups.new("G", "ShaderNodeTree")
    group.nodes.new("ShaderNodeTexImage").image = gone()
    group.nodes.new("NodeGroupOutput")
    tree = put_on(cube(), bpy.data.materials["Material"]).data.materials[0].node_tree
    tree.nodes.new("ShaderNodeGroup").node_tree = group


@case
def unneeded_hidden_object():
    base()
    hidden()


@case
def unneeded_excluded_collection():
    scene = base()
    collection = bpy.data.collections.new("Aside")
    scene.collection.children.link(collection)
    collection.objects.link(another())
    scene.view_layers[0].layer_collection.children["Aside"].exclude = True


@case
def unneeded_collection_hidden_from_renders():
    scene = base()
    collection = bpy.data.collections.new("Aside")
    scene.collection.children.link(collection)
    collection.objects.link(another())
    collection.hide_render = True


@case
def unneeded_slot_of_no_face():
    base()
    cube().data.materials.append(material())


@case
def unneeded_modifier_that_is_off():
    base()
    modifier = cube().modifiers.new("Displace", "DISPLACE")
    modifier.texture = bpy.data.textures.new("T", "IMAGE")
    modifier.texture.image = gone()
    modifier.show_render = False


@case
def unneeded_other_scene():
    base()
    bpy.data.scenes.new("Old").collection.objects.link(another())


@case
def unneeded_compositor_that_is_off():
    scene = composited()
    scene.render.use_compositing = False


@case
def unneeded_scene_that_the_compositor_does_not_take():
    picture("there.png")
    scene = composited("there.png")
    painted()
    scene.node_tree.nodes.remove(scene.node_tree.nodes["Render Layers"])


@case
def unneeded_viewer():
    scene = composited()
    tree = scene.node_tree
    tree.links.new(tree.nodes["Render Layers"].outputs[0], tree.nodes["Composite"].inputs[0])
    tree.links.new(tree.nodes["Image"].outputs[0], tree.nodes.new("CompositorNodeViewer").inputs[0])


@case
def unneeded_by_workbench():
    base().render.engine = "BLENDER_WORKBENCH"
    painted()


@case
def unneeded_scene_behind_strips():
    scene = base()
    painted()
    scene.sequence_editor_create()
    scene.sequence_editor.sequences.new_effect("Colour", "COLOR", 1, 1, frame_end=20)


@case
def unneeded_picture_behind_the_camera():
    scene = base()
    scene.camera.data.background_images.new().image = gone()
    empty = bpy.data.objects.new("Reference", None)
    empty.empty_display_type, empty.data = "IMAGE", bpy.data.images["gone.png"]
    scene.collection.objects.link(empty)


# A picture is missing that a frame needs.


@case
def needed_object_linked_slot():
    base()
    cube().material_slots[0].link = "OBJECT"
    cube().material_slots[0].material = material()


@case
def needed_slot_of_one_face():
    base()
    cube().data.materials.append(material())
    cube().data.polygons[3].material_index = 1


@case
def needed_by_a_group():
    base()
    group = bpy.data.node_groups.new("G", "ShaderNodeTree")
    group.outputs.new("NodeSocketColor", "Colour")
    picture_node, out = group.nodes.new("ShaderNodeTexImage"), group.nodes.new("NodeGroupOutput")
    picture_node.image = gone()
    group.links.new(picture_node.outputs[0], out.inputs[0])
    tree = bpy.data.materials["Material"].node_tree
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = group
    tree.links.new(node.outputs[0], tree.nodes["Principled BSDF"].inputs[0])


@case
def needed_by_a_material_that_nodes_set():
    base()
    group = geometry_group()
    node = group.nodes.new("GeometryNodeSetMaterial")
    node.inputs["Material"].default_value = material()
    between(group, node)


@case
def needed_by_an_object_that_nodes_bring():
    base()
    group = geometry_group()
    node = group.nodes.new("GeometryNodeObjectInfo")
    node.inputs["Object"].default_value = another()
    group.links.new(node.outputs["Geometry"], group.nodes["Group Output"].inputs[0])


@case
def needed_by_an_input_of_nodes():
    base()
    group = geometry_group()
    group.inputs.new("NodeSocketMaterial", "Paint")
    node = group.nodes.new("GeometryNodeSetMaterial")
    between(group, node)
    group.links.new(group.nodes["Group Input"].outputs["Paint"], node.inputs["Material"])
    cube().modifiers["Nodes"][group.inputs["Paint"].identifier] = material()


@case
def needed_by_an_instance():
    scene = base()
    collection = bpy.data.collections.new("Asset")
    collection.objects.link(another())
    empty = bpy.data.objects.new("Instance", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", collection
    scene.collection.objects.link(empty)


@case
def needed_by_particles():
    base()
    cube().modifiers.new("Particles", "PARTICLE_SYSTEM")
    settings = cube().particle_systems[0].settings
    settings.render_type, settings.instance_object = "OBJECT", hidden()


@case
def needed_by_an_operand():
    base()
    cube().modifiers.new("Boolean", "BOOLEAN").object = hidden()


@case
def hole_where_an_object_appears():
    scene = base()
    thing = another()
    scene.collection.objects.link(thing)
    for frame, hidden in ((1, True), (3, False), (4, True)):
        thing.hide_render = hidden
        thing.keyframe_insert("hide_render", frame=frame)
    thing.hide_render = True


@case
def needed_by_a_displacement():
    base()
    modifier = cube().modifiers.new("Displace", "DISPLACE")
    modifier.texture = bpy.data.textures.new("T", "IMAGE")
    modifier.texture.image = gone()


@case
def needed_by_the_world():
    world = base().world
    world.use_nodes = True
    node = world.node_tree.nodes.new("ShaderNodeTexEnvironment")
    node.image = gone()
    world.node_tree.links.new(node.outputs[0], world.node_tree.nodes["Background"].inputs[0])


@case
def needed_by_a_light():
    base()
    light = bpy.data.lights["Light"]
    light.use_nodes = True
    node = light.node_tree.nodes.new("ShaderNodeTexImage")
    node.image = gone()
    light.node_tree.links.new(node.outputs[0], light.node_tree.nodes["Emission"].inputs[0])


@case
def needed_by_the_set():
    scene = base()
    scene.background_set = bpy.data.scenes.new("Set")
    scene.background_set.collection.objects.link(another())


@case
def needed_by_the_compositor():
    composited()


@case
def needed_by_another_scene_of_the_compositor():
    scene = base()
    other = bpy.data.scenes.new("Behind")
    other.render.engine = "CYCLES"
    other.collection.objects.link(another())
    other.camera = scene.camera
    other.collection.objects.link(scene.camera)
    scene.use_nodes = True
    scene.node_tree.nodes.new("CompositorNodeRLayers").scene = other


@case
def needed_by_a_file_output():
    scene = composited()
    tree = scene.node_tree
    tree.links.new(tree.nodes["Render Layers"].outputs[0], tree.nodes["Composite"].inputs[0])
    tree.links.new(tree.nodes["Image"].outputs[0], tree.nodes.new("CompositorNodeOutputFile").inputs[0])


@case
def needed_by_a_scene_strip():
    scene = base()
    painted()
    edit = bpy.data.scenes.new("Edit")
    edit.sequence_editor_create()
    edit.sequence_editor.sequences.new_scene("Shot", scene, 1, 1)
    bpy.context.window.scene = edit


def composited(name="gone.png"):
    scene = base()
    scene.use_nodes = True
    node = scene.node_tree.nodes.new("CompositorNodeImage")
    node.image = image(name)
    scene.node_tree.links.new(node.outputs[0], scene.node_tree.nodes["Composite"].inputs[0])
    return scene


def geometry_group():
    group = bpy.data.node_groups.new("Group", "GeometryNodeTree")
    group.inputs.new("NodeSocketGeometry", "Geometry")
    group.outputs.new("NodeSocketGeometry", "Geometry")
    start, end = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    group.links.new(start.outputs[0], end.inputs[0])
    cube().modifiers.new("Nodes", "NODES").node_group = group
    return group


def between(group, node):
    group.links.new(group.nodes["Group Input"].outputs[0], node.inputs[0])
    group.links.new(node.outputs[0], group.nodes["Group Output"].inputs[0])


# Something is missing in frame 3, or from frame 3 on.


def pictures(stem, *numbers):
    for number in numbers:
        picture("%s%d.png" % (stem, number))


def sequence(stem):
    made = bpy.data.images.load(path(stem + "1.png"))
    made.source, made.filepath = "SEQUENCE", "//" + stem + "1.png"
    return made


@case
def hole_in_a_texture():
    base()
    pictures("texture", 1, 2, 4)
    made = put_on(cube(), material(of=sequence("texture"))).data.materials[0]
    made.node_tree.nodes["Image Texture"].image_user.frame_duration = 4


@case
def hole_in_the_world():
    world = base().world
    pictures("sky", 1, 2, 4)
    world.use_nodes = True
    node = world.node_tree.nodes.new("ShaderNodeTexEnvironment")
    node.image = sequence("sky")
    node.image_user.frame_duration = 4
    world.node_tree.links.new(node.outputs[0], world.node_tree.nodes["Background"].inputs[0])


@case
def hole_in_a_displacement():
    base()
    pictures("bump", 1, 2, 4)
    texture = bpy.data.textures.new("T", "IMAGE")
    texture.image = sequence("bump")
    texture.image_user.frame_duration = 4
    cube().modifiers.new("Displace", "DISPLACE").texture = texture


@case
def hole_in_the_compositor():
    scene = composited()
    pictures("plate", 1, 2, 4)
    scene.node_tree.nodes["Image"].image = sequence("plate")
    scene.node_tree.nodes["Image"].frame_duration = 4


@case
def hole_in_a_clip():
    scene = base()
    pictures("clip", 1, 2, 3, 4)
    save("hole_in_a_clip")
    clip = bpy.data.movieclips.load(path("clip1.png"))
    clip.filepath = "//clip1.png"
    scene.use_nodes = True
    node = scene.node_tree.nodes.new("CompositorNodeMovieClip")
    node.clip = clip
    scene.node_tree.links.new(node.outputs[0], scene.node_tree.nodes["Composite"].inputs[0])
    save("hole_in_a_clip")  # how long a clip is, Blender counts again and again
    os.remove(path("clip3.png"))


def strip(scene, stem, *numbers, channel=1):
    pictures(stem, *numbers)
    scene.sequence_editor_create()
    made = scene.sequence_editor.sequences.new_image(stem, path("%s1.png" % stem), channel, 1)
    made.directory = "//"
    for number in numbers[1:]:
        made.elements.append("%s%d.png" % (stem, number))
    return made


@case
def hole_in_a_strip():
    strip(base(), "strip", 1, 2, 3, 4)
    os.remove(path("strip3.png"))


@case
def hole_in_a_sequence_of_a_scene_strip():
    scene = composited()
    pictures("shot", 1, 2, 4)
    node = scene.node_tree.nodes["Image"]
    node.image = sequence("shot")
    node.frame_duration, node.frame_start = 4, 11
    scene.frame_start, scene.frame_end = 11, 14
    edit = bpy.data.scenes.new("Edit")
    edit.sequence_editor_create()
    edit.sequence_editor.sequences.new_scene("Shot", scene, 1, 1)
    bpy.context.window.scene = edit


@case
def hole_after_a_strip_of_later_frames():
    scene = base()
    later = strip(scene, "later", 1)
    later.frame_start = 3
    os.remove(path("later1.png"))
    other = strip(scene, "muted", 1, channel=2)
    os.remove(path("muted1.png"))
    scene.sequence_editor.channels[2].mute = True
    other.frame_final_end = 20


@case
def hole_in_a_cloth():
    cloth("hole_in_a_cloth")
    os.remove(cache_of("hole_in_a_cloth", 3))


@case
def hole_in_a_cloth_of_0_bytes():
    cloth("hole_in_a_cloth_of_0_bytes")
    open(cache_of("hole_in_a_cloth_of_0_bytes", 3), "w").close()


@case
def hole_in_an_ocean():
    scene = base()
    modifier = cube().modifiers.new("Ocean", "OCEAN")
    modifier.geometry_mode, modifier.resolution, modifier.filepath = "GENERATE", 3, "//ocean"
    modifier.frame_start, modifier.frame_end = 1, scene.frame_end
    save("hole_in_an_ocean")
    bpy.context.view_layer.objects.active = cube()
    bpy.ops.object.ocean_bake(modifier="Ocean")
    # The bake goes on in a thread, and without a window its end is not noticed: note it as the interface would.
    while not os.path.exists(path("ocean/disp_0004.exr")):
        time.sleep(0.01)
    raw = (ctypes.c_char * 4096).from_address(modifier.as_pointer())
    raw[bytes(raw).index(b"//ocean\0") + 1024 + 64 + 64] = b"\x01"
    assert modifier.is_cached, "another Blender than the one that this was made for"
    os.remove(path("ocean/disp_0003.exr"))


@case
def cache_of_a_library():
    cloth("lender")
    save("lender")
    scene = base()
    save("cache_of_a_library")
    with bpy.data.libraries.load(path("lender.blend"), link=True, relative=True) as (there, here):
        here.objects = ["Flag"]
    scene.collection.objects.link(here.objects[0])


@case
def whole_cloth():
    cloth("whole_cloth")
    save("whole_cloth")
    save("absent_cloth")


@case
def absent_multires():
    base()
    modifier = cube().modifiers.new("Multires", "MULTIRES")
    bpy.context.view_layer.objects.active = cube()
    bpy.ops.object.multires_subdivide(modifier="Multires")
    save("absent_multires")
    bpy.ops.object.multires_external_save(filepath=path("detail.btx"))
    modifier.filepath = "//detail.btx"
    save("absent_multires")  # which looks for the file
    os.remove(path("detail.btx"))


def cloth(name):
    """A cloth whose cache lies on the disk, named after the file that it is then saved as."""
    base()
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=3, y_subdivisions=3, size=2, location=(0, 0, 3))
    flag = bpy.context.object
    flag.name = "Flag"
    cache = flag.modifiers.new("Cloth", "CLOTH").point_cache
    cache.frame_end = 4
    save(name)
    cache.use_disk_cache = True
    save(name)
    with bpy.context.temp_override(point_cache=cache, scene=bpy.context.scene, object=flag):
        bpy.ops.ptcache.bake(bake=True)


def cache_of(name, frame):
    return path("blendcache_%s/466C6167_%06d_00.bphys" % (name, frame))


# What is there is not what it is named.


def spoilt(name, content):
    with open(path(name), "wb") as file:
        file.write(content)


@case
def spoilt_texture_of_git_lfs():
    base()
    put_on(cube(), material(of=image("pointer.png")))
    spoilt("pointer.png", LFS)


def cut(name):
    with open(path(name), "rb") as file:
        whole = file.read()
    spoilt(name, whole[: len(whole) // 2])


@case
def spoilt_by_a_cut():
    base()
    picture("cut.png")
    put_on(cube(), material(of=bpy.data.images.load(path("cut.png"))))
    save("spoilt_by_a_cut")
    bpy.data.images["cut.png"].filepath = "//cut.png"
    cut("cut.png")


@case
def spoilt_by_an_error_page():
    base()
    put_on(cube(), material(of=image("page.png")))
    spoilt("page.png", b"<html><title>404 Not Found</title></html>")


@case
def spoilt_font():
    scene = base()
    text = bpy.data.objects.new("Text", bpy.data.curves.new("Text", "FONT"))
    scene.collection.objects.link(text)
    fonts = os.path.join(bpy.utils.system_resource("DATAFILES"), "fonts")
    shutil.copy(os.path.join(fonts, sorted(each for each in os.listdir(fonts) if each.startswith("DejaVu"))[0]), path("text.font"))
    text.data.font = bpy.data.fonts.load(path("text.font"))
    save("spoilt_font")
    text.data.font.filepath = "//text.font"
    spoilt("text.font", b"no font at all")


@case
def there_by_a_path_of_windows():
    base()
    os.makedirs(path("pictures"), exist_ok=True)
    picture("pictures/there.png")
    made = put_on(cube(), material(of=bpy.data.images.load(path("pictures/there.png"))))
    made.data.materials[0].node_tree.nodes["Image Texture"].image.filepath = "//pictures\\there.png"


@case
def absent_of_a_library():
    base()
    os.makedirs(path("lent"), exist_ok=True)
    put_on(cube(), material(of=image("lent.png")))
    lend("lent/painter", "absent_of_a_library", made=True)


def lend(name, to, made=False):
    if not made:
        base()
    cube().name = "Lent"
    save(name)
    scene = base()
    save(to)
    with bpy.data.libraries.load(path(name + ".blend"), link=True, relative=True) as (there, here):
        here.objects = ["Lent"]
    scene.collection.objects.link(here.objects[0])
    save(to)


@case
def spoilt_library_of_git_lfs():
    lend("pointer", "spoilt_library_of_git_lfs")
    spoilt("pointer.blend", LFS)


@case
def spoilt_library_by_a_cut():
    lend("half", "spoilt_library_by_a_cut")
    cut("half.blend")


@case
def spoilt_library_without_the_object():
    lend("other", "spoilt_library_without_the_object")
    base()
    save("other")


for make in CASES:
    make()
    if make not in (absent_multires, hole_in_a_clip, spoilt_library_by_a_cut, spoilt_library_without_the_object):
        save(make.__name__)
