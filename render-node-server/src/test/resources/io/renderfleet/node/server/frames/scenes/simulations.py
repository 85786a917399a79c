"""Scenes in which a frame depends on the frames before it, and was never baked."""

import shutil

import bpy

from scenes.stage import glowing, key, move


def grid(cells=10, size=4, height=3):
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=cells, y_subdivisions=cells, size=size, location=(0, 0, height))
    return bpy.context.object


def cloth(stage):
    stage.begin(48, last=8)
    grid().modifiers.new("Cloth", "CLOTH").point_cache.frame_end = 8
    stage.cube.modifiers.new("Obstacle", "COLLISION")
    stage.save()
    stage.bake_in_memory()


def cloth_from_frame_three(stage):
    """The simulation begins inside of the range that is rendered."""
    stage.begin(48, last=8)
    cache = grid().modifiers.new("Cloth", "CLOTH").point_cache
    cache.frame_start, cache.frame_end = 3, 8
    stage.cube.modifiers.new("Obstacle", "COLLISION")
    stage.save()
    stage.bake_in_memory()


def cloth_saved_at_frame_six(stage):
    """The file was saved in the middle of a simulation that was played, not baked."""
    scene = stage.begin(48, last=8)
    grid().modifiers.new("Cloth", "CLOTH").point_cache.frame_end = 8
    stage.cube.modifiers.new("Obstacle", "COLLISION")
    for frame in range(1, 7):
        scene.frame_set(frame)
    stage.save()
    stage.bake_in_memory()


def rigid_body(stage):
    scene = stage.begin(48, last=8)
    bpy.ops.mesh.primitive_cube_add(size=1.5, location=(0.4, 0.2, 2.0))
    bpy.ops.rigidbody.object_add()
    bpy.context.view_layer.objects.active = stage.cube
    bpy.ops.rigidbody.object_add()
    stage.cube.rigid_body.type = "PASSIVE"
    scene.rigidbody_world.point_cache.frame_end = 8
    stage.save()
    stage.bake_in_memory()


def soft_body(stage):
    stage.begin(48, last=8)
    stage.cube.location.z = 2
    modifier = stage.cube.modifiers.new("Soft", "SOFT_BODY")
    modifier.settings.use_goal = False
    modifier.point_cache.frame_end = 8
    stage.save()
    stage.bake_in_memory()


def particles(stage):
    stage.begin(48, last=8)
    plane = grid(2, 2, 2)
    plane.modifiers.new("Emitter", "PARTICLE_SYSTEM")
    system = plane.particle_systems[0]
    system.point_cache.frame_end = 8
    settings = system.settings
    settings.count, settings.frame_start, settings.frame_end = 200, 1, 6
    settings.render_type, settings.instance_object, settings.particle_size = "OBJECT", stage.cube, 0.1
    settings.brownian_factor = 3
    stage.save()
    stage.bake_in_memory()


def hair_dynamics(stage):
    stage.begin(48, last=8)
    stage.cube.modifiers.new("Hair", "PARTICLE_SYSTEM")
    system = stage.cube.particle_systems[0]
    system.settings.type = "HAIR"
    system.settings.count, system.settings.hair_length = 60, 1.5
    system.use_hair_dynamics = True
    system.point_cache.frame_end = 8
    move(stage.cube, -1, 1, 8)
    stage.save()
    stage.bake_in_memory()


def dynamic_paint(stage):
    """A brush that leaves waves on a surface."""
    stage.begin(48, last=8)
    surface = grid(40, 6, 0)
    canvas = surface.modifiers.new("Canvas", "DYNAMIC_PAINT")
    bpy.context.view_layer.objects.active = surface
    bpy.ops.dpaint.type_toggle(type="CANVAS")
    waves = canvas.canvas_settings.canvas_surfaces[0]
    waves.surface_type = "WAVE"
    waves.frame_start, waves.frame_end = 1, 8
    waves.point_cache.frame_end = 8
    cube = stage.cube
    cube.scale = (0.4, 0.4, 0.4)
    cube.modifiers.new("Brush", "DYNAMIC_PAINT")
    bpy.context.view_layer.objects.active = cube
    bpy.ops.dpaint.type_toggle(type="BRUSH")
    move(cube, -1.5, 1.5, 8)
    stage.save()
    stage.bake_in_memory()


def liquid(stage, kind, last=6):
    """A drop in a box, which leaves its frames in a folder beside the scene."""
    stage.begin(48, last=last)
    cube = stage.cube
    cube.scale = (2, 2, 2)
    bpy.ops.mesh.primitive_ico_sphere_add(radius=0.6)
    flow = bpy.context.object.modifiers.new("Flow", "FLUID")
    flow.fluid_type = "FLOW"
    flow.flow_settings.flow_type, flow.flow_settings.flow_behavior = "LIQUID", "GEOMETRY"
    domain = cube.modifiers.new("Domain", "FLUID")
    domain.fluid_type = "DOMAIN"
    settings = domain.domain_settings
    settings.domain_type, settings.resolution_max, settings.use_mesh = "LIQUID", 16, True
    settings.cache_type, settings.cache_frame_end = kind, last
    settings.cache_directory = "//fluid"
    return settings


def bake_liquid(stage, settings):
    """Bakes what was to be simulated as it is played, as the right pictures."""
    settings.cache_type = "ALL"
    bpy.ops.object.select_all(action="DESELECT")
    stage.cube.select_set(True)
    bpy.context.view_layer.objects.active = stage.cube
    bpy.ops.fluid.bake_all()
    stage.save_right()
    shutil.rmtree(stage.at("fluid"))


def fluid_replay(stage):
    settings = liquid(stage, "REPLAY")
    stage.save()
    bake_liquid(stage, settings)


def simulation_zone(stage):
    """Geometry Nodes that move what they had in the frame before."""
    stage.begin(48, last=8)
    tree = bpy.data.node_groups.new("Drift", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    nodes, links = tree.nodes, tree.links
    first, last = nodes.new("NodeGroupInput"), nodes.new("NodeGroupOutput")
    zone_in, zone_out = nodes.new("GeometryNodeSimulationInput"), nodes.new("GeometryNodeSimulationOutput")
    zone_in.pair_with_output(zone_out)
    shift = nodes.new("GeometryNodeTransform")
    shift.inputs["Translation"].default_value = (0.3, 0.1, 0.0)
    shift.inputs["Scale"].default_value = (0.93, 0.93, 0.93)
    links.new(first.outputs[0], zone_in.inputs["Geometry"])
    links.new(zone_in.outputs["Geometry"], shift.inputs[0])
    links.new(shift.outputs[0], zone_out.inputs["Geometry"])
    links.new(zone_out.outputs["Geometry"], last.inputs[0])
    stage.cube.modifiers.new("Drift", "NODES").node_group = tree
    stage.save()
    bpy.ops.object.select_all(action="DESELECT")
    stage.cube.select_set(True)
    bpy.context.view_layer.objects.active = stage.cube
    bpy.ops.object.simulation_nodes_cache_bake(selected=True)
    stage.save_right()


def unseen_simulation(stage):
    """A simulation that no frame shows asks for nothing."""
    stage.begin(48, last=8)
    flag = grid()
    flag.modifiers.new("Cloth", "CLOTH")
    flag.hide_render = True
    flag.data.materials.append(glowing("Unseen", (1, 0, 0, 1)))
    key(stage.cube, "scale", {1: 1.0, 8: 0.4}, index=2)
    stage.save()
