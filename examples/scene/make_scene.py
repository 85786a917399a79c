"""Makes orbit.blend, the scene that the examples render.

    blender --background --factory-startup --python make_scene.py -- orbit.blend

A golden sphere floats over a field of hexagonal columns; rings of waves run out from under it, and two small satellites
circle it. Twenty frames make a loop. Everything is made here: the scene needs no other file, no denoiser and no scripts,
and a frame of 480 x 270 takes about a second on two processor cores.
"""

import math
import sys

import bpy
from mathutils import Vector

FRAMES = 20
RINGS = 13
DEPTH = 2.0
SPACING = 0.62
WAVE_LENGTH = 3.4
SUNLIGHT = (1.0, 0.83, 0.62)
HAZE = (0.94, 0.56, 0.40)
SKY = (0.10, 0.24, 0.52)


def main():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.name = "Orbit"
    scene.frame_start, scene.frame_end = 1, FRAMES
    scene.render.fps = 12
    settings(scene)
    light(scene)
    columns(scene)
    planet(scene)
    camera(scene)
    bpy.context.preferences.filepaths.save_version = 0
    bpy.ops.wm.save_as_mainfile(filepath=sys.argv[sys.argv.index("--") + 1], compress=True)


def settings(scene):
    render = scene.render
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y, render.resolution_percentage = 480, 270, 100
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGB"
    render.use_persistent_data = True
    render.dither_intensity = 1.0
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.look = "High Contrast"
    scene.view_settings.exposure = 0.2
    cycles = scene.cycles
    cycles.samples = 16
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = 0.03
    cycles.filter_width = 1.9
    cycles.adaptive_min_samples = 8
    cycles.use_denoising = False
    cycles.max_bounces = 3
    cycles.diffuse_bounces = 2
    cycles.glossy_bounces = 2
    cycles.sample_clamp_indirect = 2.0
    cycles.blur_glossy = 1.0
    cycles.caustics_reflective = cycles.caustics_refractive = False


def light(scene):
    world = bpy.data.worlds.new("Evening")
    scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    coordinates = nodes.new("ShaderNodeTexCoord")
    separate = nodes.new("ShaderNodeSeparateXYZ")
    links.new(coordinates.outputs["Generated"], separate.inputs[0])
    ramp = nodes.new("ShaderNodeValToRGB")
    links.new(separate.outputs["Z"], ramp.inputs[0])
    stops(ramp, ((0.0, HAZE), (0.08, (0.92, 0.50, 0.33)), (0.32, (0.40, 0.36, 0.50)), (1.0, SKY)))
    links.new(ramp.outputs[0], nodes["Background"].inputs["Color"])
    nodes["Background"].inputs["Strength"].default_value = 0.85
    # So smooth a sky needs no map of where its light comes from, and the map would take half a second.
    world.cycles.sampling_method = "NONE"

    sun = bpy.data.lights.new("Sun", "SUN")
    sun.energy = 3.6
    sun.color = SUNLIGHT
    sun.angle = math.radians(3)
    add(scene, "Sun", sun).rotation_euler = (math.radians(58), 0.0, math.radians(132))


def columns(scene):
    mesh = column_mesh()
    mesh.materials.append(column_material())
    group = bpy.data.collections.new("Columns")
    scene.collection.children.link(group)
    for q in range(-RINGS, RINGS + 1):
        for r in range(max(-RINGS, -q - RINGS), min(RINGS, -q + RINGS) + 1):
            x = SPACING * math.sqrt(3) * (q + r / 2)
            y = SPACING * 1.5 * r
            thing = bpy.data.objects.new("Column", mesh)
            thing.location = (x, y, 0.0)
            group.objects.link(thing)
            distance = math.hypot(x, y)
            # A touch of irregularity, the same at each run.
            own = math.sin(q * 12.9898 + r * 78.233) * 43758.5453 % 1.0 - 0.5
            keys(thing, "location", 2, lambda t: height(distance, t) + 0.10 * own)


def column_mesh():
    """A hexagonal column without a bottom, its top edge cut off at a slant in two steps."""
    steps = ((0.0, 0.905), (-0.022, 0.958), (-0.075, 0.980), (-DEPTH, 0.980))
    corners = [(math.sin(i * math.pi / 3), math.cos(i * math.pi / 3)) for i in range(6)]
    points = [(SPACING * wide * x, SPACING * wide * y, z) for z, wide in steps for x, y in corners]
    faces = [tuple(reversed(range(6)))]
    for step in range(len(steps) - 1):
        for i in range(6):
            low, high = (step + 1) * 6, step * 6
            faces.append((high + i, high + (i + 1) % 6, low + (i + 1) % 6, low + i))
    mesh = bpy.data.meshes.new("Column")
    mesh.from_pydata(points, [], faces)
    return mesh


def height(distance, turn):
    """The wave at a distance from the middle; turn 0 and 1 are the same."""
    rise = 0.62 / (1.0 + 0.16 * distance)
    bowl = -0.75 * math.exp(-((distance / 1.9) ** 2))
    return bowl + rise * math.cos(2 * math.pi * (distance / WAVE_LENGTH - turn))


def column_material():
    """Deep blue in the troughs, warm on the crests, and lost in the haze far away."""
    material, nodes, links, surface = principled("Column")
    place = nodes.new("ShaderNodeNewGeometry")
    separate = nodes.new("ShaderNodeSeparateXYZ")
    links.new(place.outputs["Position"], separate.inputs[0])
    span = nodes.new("ShaderNodeMapRange")
    span.inputs["From Min"].default_value, span.inputs["From Max"].default_value = -0.85, 0.62
    links.new(separate.outputs["Z"], span.inputs["Value"])
    ramp = nodes.new("ShaderNodeValToRGB")
    stops(
        ramp,
        (
            (0.00, (0.006, 0.022, 0.060)),
            (0.38, (0.010, 0.085, 0.150)),
            (0.62, (0.060, 0.260, 0.300)),
            (0.80, (0.700, 0.330, 0.150)),
            (1.00, (0.950, 0.640, 0.330)),
        ),
    )
    links.new(span.outputs["Result"], ramp.inputs[0])
    # A plain diffuse surface with a sheen at grazing angles: a third of the cost of the Principled one, and less noise.
    nodes.remove(surface)
    matte = nodes.new("ShaderNodeBsdfDiffuse")
    links.new(ramp.outputs[0], matte.inputs["Color"])
    gloss = nodes.new("ShaderNodeBsdfGlossy")
    gloss.inputs["Roughness"].default_value = 0.35
    grazing = nodes.new("ShaderNodeFresnel")
    grazing.inputs["IOR"].default_value = 1.35
    surface = nodes.new("ShaderNodeMixShader")
    links.new(grazing.outputs[0], surface.inputs[0])
    links.new(matte.outputs[0], surface.inputs[1])
    links.new(gloss.outputs[0], surface.inputs[2])

    view = nodes.new("ShaderNodeCameraData")
    far = nodes.new("ShaderNodeMapRange")
    far.inputs["From Min"].default_value, far.inputs["From Max"].default_value = 9.0, 21.0
    links.new(view.outputs["View Distance"], far.inputs["Value"])
    haze = nodes.new("ShaderNodeEmission")
    haze.inputs["Color"].default_value = HAZE + (1.0,)
    haze.inputs["Strength"].default_value = 0.85
    mix = nodes.new("ShaderNodeMixShader")
    links.new(far.outputs["Result"], mix.inputs[0])
    links.new(surface.outputs[0], mix.inputs[1])
    links.new(haze.outputs[0], mix.inputs[2])
    links.new(mix.outputs[0], nodes["Material Output"].inputs["Surface"])
    # Haze is to be seen, not to light: as lamps, seven hundred columns would take most of the time.
    if hasattr(material.cycles, "emission_sampling"):
        material.cycles.emission_sampling = "NONE"
    else:
        material.cycles.sample_as_light = False
    return material


def planet(scene):
    gold, _, _, surface = principled("Gold")
    surface.inputs["Base Color"].default_value = (1.0, 0.62, 0.22, 1.0)
    surface.inputs["Metallic"].default_value = 1.0
    surface.inputs["Roughness"].default_value = 0.12
    ball = sphere(scene, "Planet", 1.0, gold)
    keys(ball, "location", 2, lambda t: 1.25 + 0.10 * math.sin(2 * math.pi * t))

    pearl, _, _, surface = principled("Pearl")
    surface.inputs["Base Color"].default_value = (0.92, 0.90, 0.88, 1.0)
    surface.inputs["Roughness"].default_value = 0.18
    glow, _, _, surface = principled("Ember")
    surface.inputs["Base Color"].default_value = (0.9, 0.12, 0.05, 1.0)
    surface.inputs["Roughness"].default_value = 0.25
    for name, material, size, radius, tilt, start in (
        ("Pearl", pearl, 0.27, 1.75, 0.30, 0.62),
        ("Ember", glow, 0.18, 2.30, -0.22, 0.20),
    ):
        body = sphere(scene, name, size, material)
        for axis in range(3):
            keys(body, "location", axis, lambda t, axis=axis: orbit(radius, tilt, start + t)[axis])
        ring(scene, name + " orbit", radius, tilt, material)


def orbit(radius, tilt, turn):
    angle = 2 * math.pi * turn
    x, y = radius * math.cos(angle), radius * math.sin(angle)
    return x * math.cos(tilt), y, 1.25 + x * math.sin(tilt)


def ring(scene, name, radius, tilt, material):
    bpy.ops.mesh.primitive_torus_add(
        major_radius=radius, minor_radius=0.012, major_segments=96, minor_segments=8, location=(0.0, 0.0, 1.25)
    )
    thing = bpy.context.object
    thing.name = name
    thing.rotation_euler = (0.0, -tilt, 0.0)
    thing.data.materials.append(material)


def sphere(scene, name, radius, material):
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32, radius=radius)
    thing = bpy.context.object
    thing.name = name
    thing.data.materials.append(material)
    for face in thing.data.polygons:
        face.use_smooth = True
    return thing


def camera(scene):
    lens = bpy.data.cameras.new("Camera")
    lens.lens = 44
    lens.dof.use_dof = True
    lens.dof.aperture_fstop = 4.0
    thing = add(scene, "Camera", lens)
    scene.camera = thing
    target = Vector((0.0, 0.0, 0.72))
    lens.dof.focus_distance = 8.6
    for frame in range(1, FRAMES + 2):
        angle = math.radians(-63 + 7 * math.sin(2 * math.pi * (frame - 1) / FRAMES))
        thing.location = (8.3 * math.cos(angle), 8.3 * math.sin(angle), 3.35)
        thing.rotation_euler = (target - thing.location).to_track_quat("-Z", "Y").to_euler()
        thing.keyframe_insert("location", frame=frame)
        thing.keyframe_insert("rotation_euler", frame=frame)


def keys(thing, path, axis, value):
    """One key a frame, straight from one to the next: motion is what the function says."""
    for frame in range(1, FRAMES + 2):
        getattr(thing, path)[axis] = value((frame - 1) / FRAMES)
        thing.keyframe_insert(path, index=axis, frame=frame)


def principled(name):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes = material.node_tree.nodes
    return material, nodes, material.node_tree.links, nodes["Principled BSDF"]


def stops(ramp, colors):
    elements = ramp.color_ramp.elements
    while len(elements) < len(colors):
        elements.new(0.5)
    for element, (position, color) in zip(elements, colors):
        element.position = position
        element.color = color + (1.0,)


def add(scene, name, data):
    thing = bpy.data.objects.new(name, data)
    scene.collection.objects.link(thing)
    return thing


main()
