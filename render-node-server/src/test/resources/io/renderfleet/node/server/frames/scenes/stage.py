"""What makers of scenes share. A maker is a function that gets a Stage and leaves `scene.blend` and its files in it.

Makers run in Blender 3.4 to 5.x: where these differ, the difference is dealt with here.
"""

import os
import shutil

import bpy

FIVE = bpy.app.version >= (5, 0, 0)
EEVEE = "BLENDER_EEVEE_NEXT" if (4, 2, 0) <= bpy.app.version < (5, 0, 0) else "BLENDER_EEVEE"


class Stage:
    """A small scene in the making, and the folder that is sent with it."""

    def __init__(self, folder):
        self.root = folder
        self.sent = os.path.join(folder, "sent")
        os.makedirs(self.sent)

    @property
    def scene(self):
        return bpy.context.scene

    @property
    def cube(self):
        return bpy.data.objects["Cube"]

    @property
    def camera(self):
        return bpy.data.objects["Camera"]

    @property
    def material(self):
        return bpy.data.materials["Material"]

    def begin(self, size=32, samples=1, last=20, blend="scene.blend"):
        """Cube, light and camera, rendered by Cycles without noise reduction; saved once, so that // means something."""
        bpy.ops.wm.read_factory_settings(use_empty=False)
        bpy.context.preferences.filepaths.save_version = 0
        scene = bpy.context.scene
        scene.render.engine = "CYCLES"
        scene.cycles.device = "CPU"
        scene.cycles.samples = samples
        scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False
        scene.render.resolution_x = scene.render.resolution_y = size
        scene.render.resolution_percentage = 100
        scene.frame_start, scene.frame_end = 1, last
        scene.view_settings.view_transform = "Standard"
        self.save(blend)
        return scene

    def at(self, *names):
        return os.path.join(self.sent, *names)

    def save(self, name="scene.blend"):
        bpy.ops.wm.save_as_mainfile(filepath=self.at(name), compress=False, relative_remap=False)

    def save_right(self):
        """Saves the scene as it is now as the one whose pictures are right, with all files of the folder that is sent."""
        right = os.path.join(self.root, "right")
        shutil.copytree(self.sent, right)
        bpy.ops.wm.save_as_mainfile(filepath=os.path.join(right, "scene.blend"), compress=False, relative_remap=False)

    def bake_in_memory(self):
        """For simulations that are sent as they were never baked: the right pictures are those of the same scene, baked first."""
        bpy.ops.ptcache.bake_all(bake=True)
        for thing in self.scene.objects:
            for system in thing.particle_systems:
                bake(system.point_cache, thing)
        self.save_right()

    def picture(self, name, color, size=8):
        image = bpy.data.images.new("picture", size, size, alpha=True)
        image.pixels = list(color) * (size * size)
        image.filepath_raw, image.file_format = self.at(name), "PNG"
        image.save()
        bpy.data.images.remove(image)

    def sequence(self, pattern, count, size=8):
        """Pictures 1 to count, each of another colour; the first one's path as the scene is to know it."""
        for number in range(1, count + 1):
            self.picture(pattern % number, (number / count, 0.2, 1 - number / count, 1), size)
        return "//" + pattern % 1

    def movie(self, name, frames=24):
        """A film whose colour changes in every frame, written by Blender itself, from which the factory scene comes back after."""
        kept = self.at("making.blend")
        bpy.ops.wm.save_as_mainfile(filepath=kept, copy=True, relative_remap=False)
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene = bpy.context.scene
        render = scene.render
        render.resolution_x = render.resolution_y = 64
        scene.frame_end = frames
        editor = scene.sequence_editor_create()
        strip = color_strip(editor, "film", 1, 1, frames + 1, (0, 0.3, 0.6))
        for frame, red in ((1, 0.0), (frames, 1.0)):
            strip.color = (red, 0.3, 0.6)
            strip.keyframe_insert("color", frame=frame)
        if hasattr(render.image_settings, "media_type"):
            render.image_settings.media_type = "VIDEO"
        render.image_settings.file_format = "FFMPEG"
        render.ffmpeg.format, render.ffmpeg.codec = "MPEG4", "H264"
        render.ffmpeg.constant_rate_factor = "LOSSLESS"
        render.use_file_extension = False
        render.filepath = self.at(name)
        bpy.ops.render.render(animation=True)
        bpy.ops.wm.open_mainfile(filepath=kept)
        os.remove(kept)
        return "//" + name


def bake(cache, thing):
    if not cache.is_baked:
        with bpy.context.temp_override(point_cache=cache, scene=bpy.context.scene, object=thing, active_object=thing):
            bpy.ops.ptcache.bake(bake=True)


def key(owner, path, values, index=-1):
    """Sets and keys a value at each frame, with straight lines between them."""
    for frame, value in values.items():
        holder, _, attribute = path.rpartition(".")
        target = owner.path_resolve(holder) if holder else owner
        if index < 0:
            setattr(target, attribute, value)
        else:
            getattr(target, attribute)[index] = value
        owner.keyframe_insert(path, index=index, frame=frame)
    for curve in curves(owner):
        for point in curve.keyframe_points:
            if not isinstance(getattr(point, "interpolation", None), str) or point.interpolation != "CONSTANT":
                point.interpolation = "LINEAR"


def curves(owner):
    action = owner.animation_data.action
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    return [c for layer in action.layers for strip in layer.strips for bag in strip.channelbags for c in bag.fcurves]


def move(thing, start=-3.0, end=3.0, last=20):
    key(thing, "location", {1: start, last: end}, index=0)


def camera(name, location, rotation):
    thing = bpy.data.objects.new(name, bpy.data.cameras.new(name))
    thing.location, thing.rotation_euler = location, rotation
    bpy.context.scene.collection.objects.link(thing)
    return thing


def emission(material):
    """The socket by which a picture in the principled shader glows, so that it is seen whatever the light is."""
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Emission Strength"].default_value = 1.0
    return shader.inputs["Emission Color" if "Emission Color" in shader.inputs else "Emission"]


def glowing(name, color):
    material = bpy.data.materials.new(name)
    if not FIVE:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    light, output = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    light.inputs[0].default_value = color
    material.node_tree.links.new(light.outputs[0], output.inputs[0])
    return material


def load_image(stage, path, source="FILE"):
    """Loads a picture that the scene is to know by a path that begins with //."""
    image = bpy.data.images.load(stage.at(path[2:]))
    image.source, image.filepath = source, path
    return image


def textured(material, image, frames=0, refresh=False, linked=True, socket=None):
    """An image texture node; linked to what glows."""
    tree = material.node_tree
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = image
    if frames:
        node.image_user.frame_duration = frames
        node.image_user.use_auto_refresh = refresh
    if linked:
        tree.links.new(node.outputs[0], socket or emission(material))
    return node


def world_nodes(scene):
    if not FIVE:
        scene.world.use_nodes = True
    return scene.world.node_tree


def color_strip(editor, name, channel, start, end, color):
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    try:
        strip = strips.new_effect(name, "COLOR", channel, start, frame_end=end)
    except TypeError:
        strip = strips.new_effect(name, "COLOR", channel, start, length=end - start)
    strip.color = color
    return strip


def image_strip(places, name, stage, files, channel, start):
    """Pictures beside the scene as one strip, each for one frame."""
    strip = places.new_image(name, stage.at(files[0]), channel, start)
    strip.directory = "//"
    for each in files[1:]:
        strip.elements.append(each)
    return strip


def node_material(name):
    material = bpy.data.materials.new(name)
    if not FIVE:
        material.use_nodes = True
    return material


def strips(scene):
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences


class Compositor:
    """The scene's compositor: a tree of its own up to Blender 4.x, a node group from 5.0 on."""

    def __init__(self, scene, keep_layers=True):
        self.scene = scene
        if hasattr(scene, "compositing_node_group"):
            self.tree = bpy.data.node_groups.new("Compositing", "CompositorNodeTree")
            scene.compositing_node_group = self.tree
            self.tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
            self.output = self.tree.nodes.new("NodeGroupOutput")
            self.layers = self.tree.nodes.new("CompositorNodeRLayers")
            self.show(self.layers.outputs["Image"])
        else:
            scene.use_nodes = True
            self.tree = scene.node_tree
            self.output = self.tree.nodes["Composite"]
            self.layers = self.tree.nodes["Render Layers"]
        if not keep_layers:
            self.tree.nodes.remove(self.layers)

    def node(self, kind):
        return self.tree.nodes.new(kind)

    def link(self, output, socket):
        self.tree.links.new(output, socket)

    def show(self, output):
        self.link(output, self.output.inputs[0])

    def write(self, name, folder, outputs, file_format="PNG"):
        """A File Output node: outputs are (slot, socket)."""
        node = self.node("CompositorNodeOutputFile")
        node.name = node.label = name
        multilayer = file_format == "OPEN_EXR_MULTILAYER"
        if hasattr(node, "directory"):
            node.format.media_type = "MULTI_LAYER_IMAGE" if multilayer else "IMAGE"
            node.format.file_format = file_format
            node.directory, node.file_name = os.path.split(folder) if multilayer else (folder, "")
            for slot, output in outputs:
                item = node.file_output_items.new("RGBA" if output.type == "RGBA" else "FLOAT", slot)
                self.link(output, node.inputs[item.name])
            return node
        node.format.file_format = file_format
        node.base_path = folder
        slots = node.layer_slots if multilayer else node.file_slots
        slots.clear()
        for place, (slot, output) in enumerate(outputs):
            slots.new(slot)
            self.link(output, node.inputs[place])
        return node


def script(text, name="handlers.py"):
    """A text that registers itself when the scene is opened, where scripts are trusted."""
    block = bpy.data.texts.new(name)
    block.use_module = True
    block.write(text)
    return block
