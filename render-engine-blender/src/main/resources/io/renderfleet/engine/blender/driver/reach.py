"""What the frames of a scene can be made of. What they cannot reach may lack its files; in doubt a thing counts as reached."""

from array import array

import bpy

import structs
from animation import actions, animates, scripted
from nodes import NOTHING, PICTURES, needed_nodes
from strips import during, shown_strips

# These leave each face the material that it has, so that a slot which no face uses is in no picture.
KEEP_MATERIALS = set(
    "SUBSURF MULTIRES ARMATURE MIRROR ARRAY EDGE_SPLIT TRIANGULATE DECIMATE DISPLACE LATTICE SIMPLE_DEFORM SHRINKWRAP SMOOTH CAST WAVE"
    " CORRECTIVE_SMOOTH LAPLACIANSMOOTH WEIGHTED_NORMAL NORMAL_EDIT HOOK CURVE CLOTH COLLISION SOFT_BODY SURFACE_DEFORM MESH_DEFORM WARP"
    " UV_PROJECT UV_WARP DATA_TRANSFER MESH_CACHE MESH_SEQUENCE_CACHE WELD VERTEX_WEIGHT_EDIT VERTEX_WEIGHT_MIX".split()
)
# Of a clip they take the tracks, which are in the scene.
OF_TRACKS = ("CompositorNodeTrackPos", "CompositorNodePlaneTrackDeform", "CompositorNodeStabilize", "CompositorNodeMovieDistortion")
PICKS = ("frame_offset", "frame_start", "frame_duration", "use_cyclic")
RENDER, PICTURE, LAYERS, STRIPS = "render", "picture", "layers", "strips"


class Reach:
    """What can be reached from one scene, or from one block; ``users`` are the image users that show each image.

    ``how`` says how far a scene is rendered: with its strips, where it has any; else its picture, composited; or its layers alone, as
    another scene's compositor takes them. ``domains`` are scenes and clips that are shown within it, some at a time of their own:
    pairs of a function that says which frame of theirs a frame shows (None: none), and their own reach.

    ``is_shown`` says whether a thing that animation shows and hides counts; all of them do unless it is given.
    """

    def __init__(self, start, how=RENDER, within=(), is_shown=lambda block: True):
        self.users = {}
        self._used = {}  # by mesh: the slots that its faces use
        self.domains = []
        self.scene = start if isinstance(start, bpy.types.Scene) else None
        self._within = {*within, (start, how)}
        self._is_shown = is_shown
        self._draws = ""
        self._blocks, self._parts, self._shaded, self._done = set(), set(), set(), set()
        self._left, self._with_libraries = [], None
        self._scripted = scripted()
        if isinstance(start, bpy.types.Scene):
            self._scene(start, how)
        else:
            self._add(start)
        while self._left:
            self._visit(self._left.pop())

    def has(self, need):
        return any(reach.has_here(need) for reach in self.all())

    def has_here(self, need):
        if need.kind == "library":
            return need.block in self._linked()
        return need.block in self._blocks and (need.part is None or need.part.as_pointer() in self._parts)

    def _linked(self):
        """What is reached, its animation, what it overrides; and the libraries that these come from."""
        if self._with_libraries is None:
            found = {each for block in self._blocks for each in _with_its_animation(block)}
            self._with_libraries = found | {each.library for each in found}
        return self._with_libraries

    def all(self):
        """This, and the reach of each domain."""
        yield self
        for _, other in self.domains:
            yield from other.all()

    def at(self, frame):
        """Each reach that counts at a frame, with the frame that it shows then."""
        yield self, frame
        for shown, other in self.domains:
            place = shown(frame)
            if place is not None:
                yield from other.at(place)

    def _add(self, block, shaded=True):
        if block is None:
            return
        if shaded and block not in self._shaded:
            self._shaded.add(block)
            self._left.append((block, True))
        elif block not in self._blocks:
            self._left.append((block, False))
        self._blocks.add(block)

    def _visit(self, entry):
        block, shaded = entry
        if isinstance(block, bpy.types.Object):
            self._object(block, shaded)
        elif isinstance(block, bpy.types.Collection):
            self._collection(block)
        elif isinstance(block, bpy.types.Scene):
            self._within_it(block, LAYERS, lambda frame: frame)
        elif isinstance(block, bpy.types.NodeTree):
            self._tree(block)
        elif isinstance(block, (bpy.types.Material, bpy.types.World, bpy.types.Light, bpy.types.Texture, bpy.types.FreestyleLineStyle)):
            self._with_tree(block)
        elif isinstance(block, bpy.types.ParticleSettings):
            self._particles(block)
        elif isinstance(block, bpy.types.TextCurve):
            self._all_of(block, shaded, skip=_unused_fonts(block))
        elif not isinstance(block, bpy.types.Camera):  # what lies behind a camera in the viewport is in no frame
            self._all_of(block, shaded)

    def _all_of(self, struct, shaded=True, skip=()):
        """``shaded`` unless objects lend their shape or place alone."""
        for block in structs.blocks(struct, ("materials",) + skip):
            self._add(block, shaded)

    # Scenes

    def _scene(self, scene, how):
        self._blocks.add(scene)
        self._draws = _draws(scene)
        strips = shown_strips(scene) if how == STRIPS or (how == RENDER and scene.render.use_sequencer) else []
        for strip in strips:
            self._strip(scene, strip)
        if strips or how == STRIPS:
            return
        trees = compositor(scene) if scene.render.use_compositing and how != LAYERS else []
        for effect in getattr(scene, "compositor_effects", ()) if trees else ():
            for value, _ in structs.group_inputs(effect):
                self._input(value)
        for tree in trees:
            self._tree(tree)
            for node in tree.nodes:
                if node.type == "R_LAYERS" and not node.mute:  # rendered even where it leads nowhere
                    self._add(node.scene if node.scene is not scene else None)
        if _renders_layers(scene, trees):
            self._layers(scene, [layer for layer in scene.view_layers if layer.use or scene.render.use_single_layer])

    def _layers(self, scene, layers):
        self._blocks.add(scene)
        self._add(scene.world)
        self._add(scene.camera, shaded=False)
        for marker in scene.timeline_markers:
            self._add(getattr(marker, "camera", None), shaded=False)
        if scene.rigidbody_world is not None and scene.rigidbody_world.enabled:
            self._parts.add(scene.rigidbody_world.as_pointer())
        for layer in layers:
            self._add(layer.material_override)
            self._add(getattr(layer, "world_override", None))
            if scene.render.use_freestyle and layer.use_freestyle:
                self._all_of(layer.freestyle_settings)
            self._layer_collection(layer.layer_collection)
        behind = scene.background_set
        if behind is not None and behind not in self._blocks:
            self._layers(behind, behind.view_layers)

    def _within_it(self, start, how, shown):
        if (start, how) not in self._within:
            self.domains.append((shown, Reach(start, how, self._within, self._is_shown)))

    def _layer_collection(self, layer):
        if layer.exclude or self._hidden(layer.collection):
            return
        self._blocks.add(layer.collection)
        for thing in layer.collection.objects:
            if not self._hidden(thing):
                self._add(thing)
        for child in layer.children:
            self._layer_collection(child)

    def _collection(self, collection):
        for thing in collection.objects:
            if not self._hidden(thing):
                self._add(thing)
        for child in collection.children:
            if not self._hidden(child):
                self._add(child)

    def _hidden(self, block):
        if self._scripted:
            return False
        return not self._is_shown(block) if animates(block, "hide_render") else block.hide_render

    def _strip(self, scene, strip):
        self._parts.add(strip.as_pointer())
        if strip.type == "SCENE" and strip.scene is not None:
            how = STRIPS if getattr(strip, "scene_input", "CAMERA") == "SEQUENCER" else PICTURE
            self._within_it(strip.scene, how, during(strip, strip.scene.frame_start))
            self._add(strip.scene_camera, shaded=False)
        elif strip.type == "MOVIECLIP" and strip.clip is not None:
            self._within_it(strip.clip, PICTURE, during(strip, strip.clip.frame_start))
        elif strip.type != "SOUND":
            self._all_of(strip, skip=("sequences", "strips", "scene", "sound"))

    # Objects

    def _object(self, thing, shaded):
        if shaded:
            for slot in self._slots(thing):
                self._add(slot.material)
        if thing in self._done:
            return
        self._done.add(thing)
        if thing.type == "EMPTY":  # its picture is for the viewport
            if thing.instance_type == "COLLECTION":
                self._add(thing.instance_collection)
        else:
            self._add(thing.data)
        if thing.instance_type in ("VERTS", "FACES"):
            for child in thing.children:
                self._add(child)
        self._add(thing.parent, shaded=False)
        for modifier in thing.modifiers:
            self._modifier(thing, modifier)
        for modifier in getattr(thing, "grease_pencil_modifiers", ()):
            self._modifier(thing, modifier)
        for constraint in thing.constraints:
            self._all_of(constraint, shaded=False, skip=("clip",))  # its tracks are in the scene
        if thing.type == "ARMATURE" and thing.pose is not None:
            for bone in thing.pose.bones:
                for constraint in bone.constraints:
                    self._all_of(constraint, shaded=False, skip=("clip",))
        if thing.field is not None and thing.field.type != "NONE":
            self._all_of(thing.field)

    def _modifier(self, thing, modifier):
        shown = modifier.show_render or self._scripted
        if not shown and not animates(thing, "show_render"):
            return
        self._parts.add(modifier.as_pointer())
        system = getattr(modifier, "particle_system", None)
        if modifier.type == "PARTICLE_SYSTEM" and system is not None:
            self._parts.add(system.as_pointer())
        self._all_of(modifier)
        if modifier.type == "NODES":  # what it gives to its group
            for value, _ in structs.group_inputs(modifier):
                self._input(value)

    def _input(self, value):
        if isinstance(value, bpy.types.ID):
            self._add(value)

    def _slots(self, thing):
        slots = thing.material_slots
        if len(slots) < 2 or thing.type != "MESH" or any(each.type not in KEEP_MATERIALS for each in thing.modifiers):
            return slots
        used = self._used.get(thing.data)
        if used is None:
            faces = thing.data.polygons
            indices = array("i", bytes(4 * len(faces)))
            faces.foreach_get("material_index", indices)
            used = self._used[thing.data] = set(indices)
        return [slots[each] for each in {min(max(each, 0), len(slots) - 1) for each in used}]

    def _particles(self, settings):
        shown = {"OBJECT": ("instance_object",), "COLLECTION": ("instance_collection",)}.get(settings.render_type, ())
        for name in shown:
            self._add(getattr(settings, name))
        self._all_of(settings, skip=("instance_object", "instance_collection", "collision_collection", "effector_weights"))

    # Materials and nodes

    def _with_tree(self, block):
        if getattr(block, "use_nodes", True) and block.node_tree is not None:
            self._tree(block.node_tree)
        if isinstance(block, bpy.types.Texture):
            self._show(block, block)
        self._all_of(block, skip=("node_tree",))

    def _tree(self, tree):
        if tree in self._done:
            return
        self._done.add(tree)
        self._blocks.add(tree)
        for node in needed_nodes(tree, self._draws, lambda: animates(tree, "mute")):
            self._parts.add(node.as_pointer())
            self._all_of(node, skip=("clip",) if node.bl_idname in OF_TRACKS else ())
            self._show(tree, node)
            if tree.bl_idname not in ("ShaderNodeTree", "TextureNodeTree"):
                for socket in node.inputs:
                    self._input(getattr(socket, "default_value", None))

    def _show(self, block, struct):
        image = getattr(struct, "image", None)
        if isinstance(image, bpy.types.Image) and image.source == "SEQUENCE":
            user = getattr(struct, "image_user", None) or struct
            # Where animation picks the picture, only Blender knows which it is.
            if hasattr(user, "frame_duration") and not any(animates(block, each) for each in PICKS):
                self.users.setdefault(image, []).append(user)


def compositor(scene):
    """The trees that a scene's picture passes through."""
    if hasattr(scene, "compositor_effects"):  # from Blender 5.3 on
        trees = [each.node_group for each in scene.compositor_effects if each.enable_for_render]
    elif hasattr(scene, "compositing_node_group"):  # in Blender 5.0
        trees = [scene.compositing_node_group]
    else:
        trees = [scene.node_tree if scene.use_nodes else None]
    return [each for each in trees if each is not None]


def _unused_fonts(text):
    styles = {(each.use_bold, each.use_italic) for each in text.body_format}
    fonts = {"font_bold": (True, False), "font_italic": (False, True), "font_bold_italic": (True, True)}
    return tuple(name for name, style in fonts.items() if style not in styles)


def _draws(scene):
    """How the engine of a scene draws materials: by their nodes, or (Workbench) with the picture of a node, or plainly."""
    if scene.render.engine != "BLENDER_WORKBENCH":
        return scene.render.engine
    return PICTURES if scene.display.shading.color_type == "TEXTURE" else NOTHING


def _renders_layers(scene, trees):
    """Blender leaves the layers out where the compositor works on none of them."""
    if not trees:
        return True
    nodes = [node for tree in trees for node in tree.nodes if not node.mute]
    # A group may have such a node in it, and from Blender 5.3 on the picture comes in by the group's input.
    return any(node.type in ("GROUP", "GROUP_INPUT") or (node.type == "R_LAYERS" and node.scene in (None, scene)) for node in nodes)


def _with_its_animation(block):
    yield block
    yield from actions(block)
    override = getattr(block, "override_library", None)
    if override is not None and override.reference is not None:
        yield override.reference
