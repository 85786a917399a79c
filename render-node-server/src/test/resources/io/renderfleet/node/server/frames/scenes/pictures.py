"""Scenes with picture files, films, fonts and libraries."""

import os
import shutil

import bpy

from scenes.stage import (
    Compositor, color_strip, emission, glowing, image_strip, load_image, move, node_material, strips, textured, world_nodes
)

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12345\n" % 0


def pointer(stage, name):
    """What Git LFS leaves in place of a file that was not fetched."""
    with open(stage.at(name), "w") as file:
        file.write(POINTER)


def texture_sequence(stage, refresh):
    stage.begin()
    textured(stage.material, load_image(stage, stage.sequence("t%03d.png", 5), "SEQUENCE"), frames=5, refresh=refresh)
    stage.save()


def texture_sequence_with_refresh(stage):
    texture_sequence(stage, True)


def texture_sequence_without_refresh(stage):
    """Auto Refresh is off in new image texture nodes."""
    texture_sequence(stage, False)


def texture_sequence_in_group(stage):
    """The texture lies in a node group, two levels deep."""
    stage.begin()
    image = load_image(stage, stage.sequence("t%03d.png", 5), "SEQUENCE")
    inner = bpy.data.node_groups.new("Inner", "ShaderNodeTree")
    outer = bpy.data.node_groups.new("Outer", "ShaderNodeTree")
    for group in (inner, outer):
        if hasattr(group, "interface"):
            group.interface.new_socket("Color", in_out="OUTPUT", socket_type="NodeSocketColor")
        else:
            group.outputs.new("NodeSocketColor", "Color")
    texture = inner.nodes.new("ShaderNodeTexImage")
    texture.image, texture.image_user.frame_duration = image, 5
    inner.links.new(texture.outputs[0], inner.nodes.new("NodeGroupOutput").inputs[0])
    nested = outer.nodes.new("ShaderNodeGroup")
    nested.node_tree = inner
    outer.links.new(nested.outputs[0], outer.nodes.new("NodeGroupOutput").inputs[0])
    node = stage.material.node_tree.nodes.new("ShaderNodeGroup")
    node.node_tree = outer
    stage.material.node_tree.links.new(node.outputs[0], emission(stage.material))
    stage.save()


def texture_sequence_offset(stage):
    """Begins late, runs from its third picture on, and cycles."""
    stage.begin()
    node = textured(stage.material, load_image(stage, stage.sequence("t%03d.png", 5), "SEQUENCE"), frames=3, refresh=True)
    node.image_user.frame_start, node.image_user.frame_offset, node.image_user.use_cyclic = 2, 2, True
    stage.save()


def texture_sequence_with_hole(stage):
    texture_sequence(stage, True)
    os.remove(stage.at("t003.png"))


def world_sequence(stage, refresh):
    scene = stage.begin()
    tree = world_nodes(scene)
    node = tree.nodes.new("ShaderNodeTexEnvironment")
    node.image = load_image(stage, stage.sequence("sky%03d.png", 5), "SEQUENCE")
    node.image_user.frame_duration, node.image_user.use_auto_refresh = 5, refresh
    tree.links.new(node.outputs[0], tree.nodes["Background"].inputs[0])
    stage.save()


def world_sequence_with_refresh(stage):
    world_sequence(stage, True)


def world_sequence_without_refresh(stage):
    world_sequence(stage, False)


def compositor_sequence(stage, refresh):
    scene = stage.begin()
    compositor = Compositor(scene)
    node = compositor.node("CompositorNodeImage")
    node.image = load_image(stage, stage.sequence("plate%04d.png", 5, 32), "SEQUENCE")
    node.frame_duration, node.use_auto_refresh = 5, refresh
    compositor.show(node.outputs[0])
    stage.save()


def compositor_sequence_with_refresh(stage):
    compositor_sequence(stage, True)


def compositor_sequence_without_refresh(stage):
    compositor_sequence(stage, False)


def displaced_by_sequence(stage):
    stage.begin(48)
    texture = bpy.data.textures.new("Height", "IMAGE")
    texture.image = load_image(stage, stage.sequence("h%03d.png", 5), "SEQUENCE")
    texture.image_user.frame_duration, texture.image_user.use_auto_refresh = 5, True
    stage.cube.modifiers.new("Displace", "DISPLACE").texture = texture
    stage.save()


def clip_sequence(stage):
    """A movie clip that is a picture sequence."""
    scene = stage.begin()
    stage.sequence("plate%04d.png", 5, 32)
    clip = bpy.data.movieclips.load(stage.at("plate0001.png"))
    clip.filepath = "//plate0001.png"
    compositor = Compositor(scene)
    node = compositor.node("CompositorNodeMovieClip")
    node.clip = clip
    compositor.show(node.outputs[0])
    stage.save()


def clip_sequence_with_hole(stage):
    clip_sequence(stage)
    os.remove(stage.at("plate0003.png"))


def strip_sequence(stage):
    """No camera, only pictures in the sequencer."""
    scene = stage.begin()
    bpy.data.objects.remove(stage.camera)
    stage.sequence("s%03d.png", 5, 32)
    image_strip(strips(scene), "pictures", stage, ["s%03d.png" % n for n in range(1, 6)], 1, 1)
    stage.save()


def strip_sequence_with_hole(stage):
    strip_sequence(stage)
    os.remove(stage.at("s003.png"))


def tiles(stage):
    """A texture of two tiles, which the cube's faces lie in."""
    stage.begin()
    stage.picture("skin.1001.png", (1, 0.3, 0, 1))
    stage.picture("skin.1002.png", (0, 0.3, 1, 1))
    image = bpy.data.images.load(stage.at("skin.1001.png"))
    image.source, image.filepath = "TILED", "//skin.<UDIM>.png"
    if 1002 not in [tile.number for tile in image.tiles]:
        image.tiles.new(1002)
    textured(stage.material, image)
    layer = stage.cube.data.uv_layers[0].data
    for index, corner in enumerate(layer):
        corner.uv.x = corner.uv.x * 0.9 + 0.05 + (1 if index % 8 < 4 else 0)
    stage.save()


def tile_missing(stage):
    tiles(stage)
    os.remove(stage.at("skin.1002.png"))


def film_texture(stage, refresh):
    stage.begin()
    path = stage.movie("film.mp4")
    node = textured(stage.material, load_image(stage, path, "MOVIE"), frames=24, refresh=refresh)
    node.image_user.use_auto_refresh = refresh
    stage.save()


def film_texture_with_refresh(stage):
    film_texture(stage, True)


def film_texture_without_refresh(stage):
    film_texture(stage, False)


def texture_packed(stage):
    stage.begin()
    stage.picture("wood.png", (1, 0.5, 0, 1))
    image = load_image(stage, "//wood.png")
    textured(stage.material, image)
    image.pack()
    stage.save()
    os.remove(stage.at("wood.png"))


def texture_missing(stage):
    stage.begin()
    stage.picture("wood.png", (1, 0.5, 0, 1))
    textured(stage.material, load_image(stage, "//wood.png"))
    stage.save()
    os.remove(stage.at("wood.png"))


def texture_unreadable(stage):
    texture_missing(stage)
    pointer(stage, "wood.png")


def texture_cut_off(stage):
    """A picture whose second half was not copied."""
    texture_missing(stage)
    stage.picture("wood.png", (1, 0.5, 0, 1), 64)
    size = os.path.getsize(stage.at("wood.png"))
    with open(stage.at("wood.png"), "r+b") as file:
        file.truncate(size // 4)


def sequence_unreadable(stage):
    """The third picture of a sequence is a pointer of Git LFS."""
    texture_sequence(stage, True)
    pointer(stage, "t003.png")


def missing(stage, material, linked=True):
    stage.picture("old.png", (1, 0, 0, 1))
    node = textured(material, load_image(stage, "//old.png"), linked=linked)
    os.remove(stage.at("old.png"))
    return node


def missing_in_unused_material(stage):
    stage.begin()
    material = node_material("Old")
    material.use_fake_user = True
    missing(stage, material)
    stage.save()


def missing_in_unlinked_node(stage):
    stage.begin()
    missing(stage, stage.material, linked=False)
    stage.save()


def missing_in_muted_node(stage):
    stage.begin()
    missing(stage, stage.material).mute = True
    stage.save()


def other_cube(material):
    bpy.ops.mesh.primitive_cube_add(location=(2, 2, 0))
    thing = bpy.context.object
    thing.data.materials.append(material)
    return thing


def missing_on_hidden_object(stage):
    stage.begin()
    material = node_material("Old")
    missing(stage, material)
    other_cube(material).hide_render = True
    stage.save()


def missing_in_excluded_collection(stage):
    scene = stage.begin()
    material = node_material("Old")
    missing(stage, material)
    thing = other_cube(material)
    collection = bpy.data.collections.new("Not in this layer")
    scene.collection.children.link(collection)
    for each in list(thing.users_collection):
        each.objects.unlink(thing)
    collection.objects.link(thing)
    scene.view_layers[0].layer_collection.children[collection.name].exclude = True
    stage.save()


def missing_in_other_scene(stage):
    stage.begin()
    other = bpy.data.scenes.new("Other")
    material = node_material("Old")
    missing(stage, material)
    thing = other_cube(material)
    for each in list(thing.users_collection):
        each.objects.unlink(thing)
    other.collection.objects.link(thing)
    stage.save()


def missing_shown_later(stage):
    """The object with the missing picture is rendered from frame 10 on; the frames before need nothing."""
    stage.begin()
    material = node_material("Old")
    missing(stage, material)
    thing = other_cube(material)
    for frame, hidden in ((1, True), (10, False)):
        thing.hide_render = hidden
        thing.keyframe_insert("hide_render", frame=frame)
    stage.save()


def strip_missing(stage, channel, start, muted=False):
    scene = stage.begin()
    move(stage.cube)
    stage.picture("slate.png", (1, 0, 0, 1), 32)
    strip = image_strip(strips(scene), "slate", stage, ["slate.png"], channel, start)
    strip.frame_final_end = start + 20
    strip.mute = muted
    color_strip(scene.sequence_editor, "green", 1, 1, 20, (0, 1, 0))
    os.remove(stage.at("slate.png"))


def strip_missing_seen(stage):
    strip_missing(stage, 3, 1)
    stage.save()


def strip_missing_muted(stage):
    strip_missing(stage, 3, 1, muted=True)
    stage.save()


def strip_missing_in_muted_channel(stage):
    strip_missing(stage, 3, 1)
    stage.scene.sequence_editor.channels[3].mute = True
    stage.save()


def strip_missing_later(stage):
    strip_missing(stage, 3, 100)
    stage.save()


def font_missing(stage):
    stage.begin(48)
    source = stage.at("title.ttf")
    shutil.copy(font_of_blender(), source)
    text = bpy.data.curves.new("Title", "FONT")
    text.font = bpy.data.fonts.load(source)
    text.font.filepath = "//title.ttf"
    thing = bpy.data.objects.new("Title", text)
    bpy.context.scene.collection.objects.link(thing)
    thing.rotation_euler = stage.camera.rotation_euler
    thing.data.materials.append(glowing("Title", (1, 1, 1, 1)))
    stage.save()
    os.remove(source)


def font_of_blender():
    for parent, _, names in os.walk(bpy.utils.system_resource("DATAFILES", path="fonts")):
        for name in sorted(names):
            if name.endswith((".ttf", ".otf", ".woff2", ".woff")):
                return os.path.join(parent, name)
    raise LookupError("this Blender comes without fonts")


def library(stage):
    stage.begin(blend="prop.blend")
    prop = stage.cube
    prop.name = "Prop"
    prop.data.materials[0] = glowing("Prop", (0, 1, 1, 1))
    move(prop, 1, 2, 6)
    stage.save("prop.blend")
    stage.begin()
    with bpy.data.libraries.load(stage.at("prop.blend"), link=True, relative=True) as (_, here):
        here.objects = ["Prop"]
    bpy.context.scene.collection.objects.link(here.objects[0])
    stage.save()


def library_missing(stage):
    library(stage)
    os.remove(stage.at("prop.blend"))


def library_unreadable(stage):
    library(stage)
    pointer(stage, "prop.blend")


def library_unused(stage):
    """A library of which only something that no frame shows is linked."""
    stage.begin(blend="prop.blend")
    stage.cube.name = "Prop"
    stage.save("prop.blend")
    stage.begin()
    with bpy.data.libraries.load(stage.at("prop.blend"), link=True, relative=True) as (_, here):
        here.objects = ["Prop"]
    here.objects[0].use_fake_user = True
    stage.save()
    os.remove(stage.at("prop.blend"))


def texture_of_library(stage):
    """A library's picture lies beside the library, not beside the scene."""
    stage.begin()
    os.makedirs(stage.at("props"))
    stage.begin(blend="props/prop.blend")
    stage.picture("props/wood.png", (1, 0.5, 0, 1))
    image = bpy.data.images.load(stage.at("props", "wood.png"))
    image.filepath = "//wood.png"
    textured(stage.material, image)
    stage.cube.name = "Prop"
    stage.save("props/prop.blend")
    stage.begin()
    bpy.data.objects.remove(stage.cube)
    with bpy.data.libraries.load(stage.at("props", "prop.blend"), link=True, relative=True) as (_, here):
        here.objects = ["Prop"]
    bpy.context.scene.collection.objects.link(here.objects[0])
    stage.save()
