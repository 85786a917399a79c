"""Makes the scene that the benchmark of simulations renders, into the folder that is given: a cloth of 250 frames.

    blender --background --factory-startup --python make_cloth.py -- FOLDER

cloth.blend is as an artist would save it after setting it up; cloth-baked.blend is the same after a bake, which is printed in seconds.
"""

import os
import sys
import time

import bpy

FRAMES = 250
FOLDER = sys.argv[sys.argv.index("--") + 1]


def save(name):
    bpy.ops.wm.save_as_mainfile(filepath=os.path.join(FOLDER, name + ".blend"), compress=False)


bpy.ops.wm.read_factory_settings()
scene = bpy.context.scene
scene.frame_end = FRAMES
scene.render.engine = "CYCLES"
scene.cycles.samples, scene.cycles.use_denoising = 4, False
scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 160, 90, 100
bpy.ops.mesh.primitive_grid_add(x_subdivisions=40, y_subdivisions=40, size=5, location=(0, 0, 3))
flag = bpy.context.object
cloth = flag.modifiers.new("Cloth", "CLOTH")
cloth.point_cache.frame_end = FRAMES
corner = flag.vertex_groups.new(name="Held")
corner.add([0, 40], 1.0, "ADD")
cloth.settings.vertex_group_mass = "Held"
bpy.data.objects["Cube"].modifiers.new("Collision", "COLLISION")
save("cloth")
began = time.monotonic()
bpy.ops.ptcache.bake_all(bake=True)
print("baked in %.1f s" % (time.monotonic() - began), flush=True)
save("cloth-baked")
