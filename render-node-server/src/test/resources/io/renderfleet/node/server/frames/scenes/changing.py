"""Scenes in which other things than places change, which a renderer that keeps its data between frames could miss."""

import bpy

from scenes.stage import glowing, key, move, world_nodes


def light(stage):
    stage.begin()
    lamp = bpy.data.objects["Light"]
    move(lamp, -5, 5, 6)
    for frame, color in ((1, (1, 0, 0)), (5, (0, 0, 1))):
        lamp.data.color = color
        lamp.data.keyframe_insert("color", frame=frame)
    stage.save()


def world(stage):
    tree = world_nodes(stage.begin())
    for frame, strength in ((1, 0.0), (5, 3.0)):
        tree.nodes["Background"].inputs[1].default_value = strength
        tree.nodes["Background"].inputs[1].keyframe_insert("default_value", frame=frame)
    stage.save()


def material(stage):
    stage.begin()
    shader = stage.material.node_tree.nodes["Principled BSDF"]
    for frame, color in ((1, (1, 0, 0, 1)), (5, (0, 0, 1, 1))):
        shader.inputs["Base Color"].default_value = color
        shader.inputs["Base Color"].keyframe_insert("default_value", frame=frame)
    stage.save()


def exposure(stage):
    scene = stage.begin()
    key(scene, "cycles.film_exposure", {1: 1.0, 5: 4.0})
    stage.save()


def view_exposure(stage):
    scene = stage.begin()
    key(scene, "view_settings.exposure", {1: 0.0, 5: 2.0})
    stage.save()


def bounces(stage):
    scene = stage.begin(32, 4)
    key(scene, "cycles.max_bounces", {1: 0, 3: 12})
    stage.save()


def lens(stage):
    stage.begin()
    key(stage.camera.data, "lens", {1: 30.0, 5: 80.0})
    stage.save()


def shape(stage):
    stage.begin()
    stage.cube.shape_key_add(name="Basis")
    for point in stage.cube.shape_key_add(name="Tall").data:
        point.co.z *= 2
    key(stage.cube.data.shape_keys, 'key_blocks["Tall"].value', {1: 0.0, 5: 1.0})
    stage.save()


def subdivision(stage):
    stage.begin(48)
    stage.cube.modifiers.new("Smooth", "SUBSURF").render_levels = 0
    key(stage.cube, 'modifiers["Smooth"].render_levels', {1: 0, 4: 3})
    stage.save()


def text(stage):
    scene = stage.begin(64)
    stage.cube.hide_render = True
    curve = bpy.data.curves.new("Title", "FONT")
    curve.body = "Hello"
    thing = bpy.data.objects.new("Title", curve)
    scene.collection.objects.link(thing)
    thing.rotation_euler, thing.location = stage.camera.rotation_euler, (-1, -1, 0)
    curve.materials.append(glowing("Title", (1, 1, 1, 1)))
    key(curve, "size", {1: 2.0, 5: 0.5})
    key(curve, "extrude", {1: 0.0, 5: 0.5})
    stage.save()


def hair(stage):
    stage.begin(48)
    stage.cube.modifiers.new("Hair", "PARTICLE_SYSTEM")
    settings = stage.cube.particle_systems[0].settings
    settings.type, settings.count, settings.hair_length = "HAIR", 100, 1
    key(settings, "brownian_factor", {1: 0.2, 5: 2.0})
    move(stage.cube, last=6)
    stage.save()


def nodes_by_time(stage):
    """Geometry Nodes that read the time of the scene."""
    stage.begin(48)
    tree = bpy.data.node_groups.new("Clock", "GeometryNodeTree")
    if hasattr(tree, "interface"):
        tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
        tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    else:
        tree.inputs.new("NodeSocketGeometry", "Geometry")
        tree.outputs.new("NodeSocketGeometry", "Geometry")
    nodes, links = tree.nodes, tree.links
    shift, vector = nodes.new("GeometryNodeTransform"), nodes.new("ShaderNodeCombineXYZ")
    links.new(nodes.new("NodeGroupInput").outputs[0], shift.inputs[0])
    links.new(nodes.new("GeometryNodeInputSceneTime").outputs["Seconds"], vector.inputs[0])
    links.new(vector.outputs[0], shift.inputs["Translation"])
    links.new(shift.outputs[0], nodes.new("NodeGroupOutput").inputs[0])
    stage.cube.modifiers.new("Clock", "NODES").node_group = tree
    stage.save()


def instances(stage):
    """A collection that is shown once more from another object, and moves inside."""
    scene = stage.begin()
    collection = bpy.data.collections.new("Things")
    collection.objects.link(stage.cube)
    move(stage.cube, -2, 1, 6)
    thing = bpy.data.objects.new("Again", None)
    thing.instance_type, thing.instance_collection = "COLLECTION", collection
    thing.location = (1, 2, 1)
    scene.collection.objects.link(thing)
    stage.save()


def driven(stage):
    """One object drives another through a variable."""
    stage.begin()
    move(bpy.data.objects["Light"], -2, 2, 6)
    driver = stage.cube.driver_add("rotation_euler", 2).driver
    variable = driver.variables.new()
    variable.name, variable.type = "x", "TRANSFORMS"
    variable.targets[0].id = bpy.data.objects["Light"]
    driver.expression = "x * 0.5"
    stage.save()
