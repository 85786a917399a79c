"""Scenes whose compositor writes files of its own, and view layers."""

import bpy

from scenes.stage import Compositor, move


def staged(stage):
    scene = stage.begin()
    move(stage.cube, last=6)
    return scene, Compositor(scene)


def output(compositor, name):
    return compositor.layers.outputs[name]


def names_that_differ_in_marks(stage):
    """Names that are one name where only letters are kept."""
    _, compositor = staged(stage)
    for name, folder in (("Out A", "//a"), ("Out:A", "//b"), ("Out/A", "//c")):
        compositor.write(name, folder, [("Image", output(compositor, "Image"))])
    compositor.write("Two", "//two", [("beauty/img_", output(compositor, "Image")), ("beauty-img_", output(compositor, "Alpha"))])
    stage.save()


def names_in_chinese(stage):
    _, compositor = staged(stage)
    compositor.write("\u989c\u8272", "//a", [("Image", output(compositor, "Image"))])
    compositor.write("\u6df1\u5ea6", "//b", [("Image", output(compositor, "Alpha"))])
    stage.save()


def slots_in_chinese(stage):
    _, compositor = staged(stage)
    compositor.write(
        "Passes", "//passes", [("\u989c\u8272_", output(compositor, "Image")), ("\u900f\u660e_", output(compositor, "Alpha"))]
    )
    stage.save()


def one_folder_for_two(stage):
    """Two nodes write into one folder, under names of their own."""
    _, compositor = staged(stage)
    compositor.write("First", "//out", [("beauty_", output(compositor, "Image"))])
    compositor.write("Second", "//out", [("alpha_", output(compositor, "Alpha"))])
    stage.save()


def layers_in_one_file(stage):
    scene, _ = staged(stage)
    scene.view_layers[0].use_pass_z = True
    compositor = Compositor(scene)
    compositor.write(
        "Passes",
        "//passes_####",
        [("Image", output(compositor, "Image")), ("depth", output(compositor, "Depth"))],
        "OPEN_EXR_MULTILAYER",
    )
    compositor.write("Small", "//small", [("f_###_x", output(compositor, "Image"))], "JPEG")
    compositor.write("Muted", "//muted", [("never_", output(compositor, "Image"))]).mute = True
    stage.save()


def written_from_group(stage):
    """A File Output node inside of a node group."""
    scene, compositor = staged(stage)
    group = bpy.data.node_groups.new("Writers", "CompositorNodeTree")
    if hasattr(group, "interface"):
        group.interface.new_socket("Image", in_out="INPUT", socket_type="NodeSocketColor")
    else:
        group.inputs.new("NodeSocketColor", "Image")
    source, node = group.nodes.new("NodeGroupInput"), group.nodes.new("CompositorNodeOutputFile")
    if hasattr(node, "directory"):
        node.format.media_type, node.format.file_format = "IMAGE", "PNG"
        node.directory = "//inside"
        node.file_output_items.new("RGBA", "inside_")
    else:
        node.base_path, node.file_slots[0].path = "//inside", "inside_"
    group.links.new(source.outputs[0], node.inputs[0])
    user = compositor.node("CompositorNodeGroup")
    user.node_tree = group
    compositor.link(output(compositor, "Image"), user.inputs[0])
    stage.save()


def cryptomatte(stage):
    scene, _ = staged(stage)
    scene.view_layers[0].use_pass_cryptomatte_object = True
    image = scene.render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "MULTI_LAYER_IMAGE"
    image.file_format = "OPEN_EXR_MULTILAYER"
    compositor = Compositor(scene)
    names = [each.name for each in compositor.layers.outputs if each.name.startswith("CryptoObject") or each.name.startswith("Cryptomatte Object")]
    assert names
    compositor.write("Mattes", "//mattes_", [(name, output(compositor, name)) for name in names], "OPEN_EXR_MULTILAYER")
    stage.save()


def two_view_layers(stage):
    scene, _ = staged(stage)
    scene.view_layers[0].name = "Main"
    empty = scene.view_layers.new("Empty")
    collection = bpy.data.collections.new("Things")
    scene.collection.children.link(collection)
    for each in list(stage.cube.users_collection):
        each.objects.unlink(stage.cube)
    collection.objects.link(bpy.data.objects["Cube"])
    empty.layer_collection.children["Things"].exclude = True
    compositor = Compositor(scene)
    second = compositor.node("CompositorNodeRLayers")
    second.layer = "Empty"
    compositor.write("MainOut", "//main", [("m_", output(compositor, "Image"))])
    compositor.write("EmptyOut", "//empty", [("e_", second.outputs["Image"])])
    stage.save()


def single_layer(stage):
    scene = stage.begin()
    scene.view_layers.new("Unused").use = False
    scene.render.use_single_layer = True
    move(stage.cube)
    stage.save()


def compositor_off(stage):
    scene, compositor = staged(stage)
    invert = compositor.node("CompositorNodeInvert")
    compositor.link(output(compositor, "Image"), invert.inputs["Color"])
    compositor.show(invert.outputs[0])
    scene.render.use_compositing = False
    stage.save()


def compositor_by_time(stage):
    """A mix that the frame number drives."""
    scene, compositor = staged(stage)
    invert = compositor.node("CompositorNodeInvert")
    compositor.link(output(compositor, "Image"), invert.inputs["Color"])
    factor = invert.inputs["Factor"] if "Factor" in invert.inputs else invert.inputs["Fac"]
    for frame, value in ((1, 0.0), (5, 1.0)):
        factor.default_value = value
        factor.keyframe_insert("default_value", frame=frame)
    compositor.show(invert.outputs[0])
    stage.save()


def picture_without_layers(stage):
    """Nothing is rendered: the compositor only passes a picture on, and there is no camera."""
    scene = stage.begin()
    bpy.data.objects.remove(stage.camera)
    stage.picture("plate.png", (0.2, 0.6, 0.9, 1), 32)
    image = bpy.data.images.load(stage.at("plate.png"))
    image.filepath = "//plate.png"
    compositor = Compositor(scene, keep_layers=False)
    node = compositor.node("CompositorNodeImage")
    node.image = image
    compositor.show(node.outputs[0])
    stage.save()
