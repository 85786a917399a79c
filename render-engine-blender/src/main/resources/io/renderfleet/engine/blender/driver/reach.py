"""What the frames of a scene can be made of. What they cannot reach may lack its files; in doubt a thing counts as reached."""

from array import array

import bpy

import structs
from nodes import NOTHING, PICTURES, needed_nodes

# These leave each face the material that it has, so that a slot which no face uses is in no picture.
KEEP_MATERIALS = set(
    "SUBSURF MULTIRES ARMATURE MIRROR ARRAY EDGE_SPLIT TRIANGULATE DECIMATE DISPLACE LATTICE SIMPLE_DEFORM SHRINKWRAP SMOOTH CAST WAVE"
    " CORRECTIVE_SMOOTH LAPLACIANSMOOTH WEIGHTED_NORMAL NORMAL_EDIT HOOK CURVE CLOTH COLLISION SOFT_BODY SURFACE_DEFORM MESH_DEFORM WARP"
    " UV_PROJECT UV_WARP DATA_TRANSFER MESH_CACHE MESH_SEQUENCE_CACHE WELD VERTEX_WEIGHT_EDIT VERTEX_WEIGHT_MIX".split()
)
RENDER, PICTURE, LAYERS, STRIPS = "render", "picture", "layers", "strips"


class Reach:
    """What can be reached from one scene, or from one block; ``users`` are the image users that show each image.

    ``how`` says how far a scene is rendered: with its strips, where it has any; else its picture, composited; or its layers alone, as
    another scene's compositor takes them. ``domains`` are scenes and clips that are shown within it, some at a time of their own:
    pairs of a function that says which frame of theirs a frame shows (None: none), and their own reach.
    """

    def __init__(self, start, how=RENDER, within=()):
        self.users = {}
        self.domains = []
        self._within = {*within, (start, how)}
        self._draws = ""
        self._blocks, self._parts, self._shaded, self._done = set(), set(), set(), set()
        self._left, self._lent = [], None
        # A script that runs at each frame can show and hide what it likes.
        self._scripted = any((bpy.app.handlers.frame_change_pre, bpy.app.handlers.frame_change_post, bpy.app.handlers.render_pre))
        if isinstance(start, bpy.types.Scene):
            self._scene(start, how)
        else:
            self._add(start)
        while self._left:
            self._visit(self._left.pop())

    def has(self, need):
        return any(reach.has_here(need) for reach in self.all())

    def has_here(self, need):
        if isinstance(need.block, bpy.types.Library):
            return need.block in self._libraries()
        return need.block in self._blocks and (need.part is None or need.part.as_pointer() in self._parts)

    def _libraries(self):
        """Those that something reached comes from, or its animation, or what it overrides."""
        if self._lent is None:
            self._lent = {each.library for block in self._blocks for each in _with_its_animation(block)}
        return self._lent

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
        elif not isinstance(block, bpy.types.Camera):  # what lies behind a camera in the viewport is in no frame
            self._all_of(block, shaded)

    def _all_of(self, struct, shaded=True, skip=()):
        for block in structs.blocks(struct, ("materials",) + skip):
            # An object whose surface is not what is asked for lends its shape alone.
            self._add(block, shaded and not isinstance(struct, bpy.types.Constraint))

    # Scenes

    def _scene(self, scene, how):
        self._blocks.add(scene)
        self._draws = _draws(scene)
        strips = _strips(scene) if how == STRIPS or (how == RENDER and scene.render.use_sequencer) else []
        for strip in strips:
            self._strip(scene, strip)
        if strips or how == STRIPS:
            return
        trees = compositor(scene) if scene.render.use_compositing and how != LAYERS else []
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
            self.domains.append((shown, Reach(start, how, self._within)))

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
        return block.hide_render and not self._scripted and not animates(block, "hide_render")

    def _strip(self, scene, strip):
        self._parts.add(strip.as_pointer())
        if strip.type == "SCENE" and strip.scene is not None:
            how = STRIPS if getattr(strip, "scene_input", "CAMERA") == "SEQUENCER" else PICTURE
            self._within_it(strip.scene, how, _during(strip, strip.scene.frame_start))
            self._add(strip.scene_camera, shaded=False)
        elif strip.type == "MOVIECLIP" and strip.clip is not None:
            self._within_it(strip.clip, PICTURE, _during(strip, strip.clip.frame_start))
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
            self._all_of(constraint, shaded=False)
        if thing.pose is not None:
            for bone in thing.pose.bones:
                for constraint in bone.constraints:
                    self._all_of(constraint, shaded=False)
        if thing.field is not None and thing.field.type != "NONE":
            self._all_of(thing.field)

    def _modifier(self, thing, modifier):
        shown = modifier.show_render or self._scripted
        if not shown and not animates(thing, 'modifiers["%s"].show_render' % bpy.utils.escape_identifier(modifier.name)):
            return
        self._parts.add(modifier.as_pointer())
        system = getattr(modifier, "particle_system", None)
        if modifier.type == "PARTICLE_SYSTEM" and system is not None:
            self._parts.add(system.as_pointer())
        self._all_of(modifier)
        self._show(modifier)
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
        faces = thing.data.polygons
        indices = array("i", bytes(4 * len(faces)))
        faces.foreach_get("material_index", indices)
        return [slots[each] for each in {min(max(each, 0), len(slots) - 1) for each in set(indices)}]

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
            self._show(block)
        self._all_of(block, skip=("node_tree",))

    def _tree(self, tree):
        if tree in self._done:
            return
        self._done.add(tree)
        self._blocks.add(tree)
        for node in needed_nodes(tree, self._draws):
            self._parts.add(node.as_pointer())
            self._all_of(node)
            self._show(node)
            if tree.bl_idname not in ("ShaderNodeTree", "TextureNodeTree"):
                for socket in node.inputs:
                    self._input(getattr(socket, "default_value", None))

    def _show(self, struct):
        image = getattr(struct, "image", None)
        if isinstance(image, bpy.types.Image) and image.source in ("SEQUENCE", "MOVIE"):
            user = getattr(struct, "image_user", None) or struct
            if hasattr(user, "frame_duration"):
                self.users.setdefault(image, []).append(user)


def compositor(scene):
    group = getattr(scene, "compositing_node_group", None)
    if group is not None:
        return [group]
    tree = getattr(scene, "node_tree", None) if getattr(scene, "use_nodes", False) else None
    return [tree] if tree is not None else []


def _draws(scene):
    """How the engine of a scene draws materials: by their nodes, or (Workbench) with the picture of a node, or plainly."""
    if scene.render.engine != "BLENDER_WORKBENCH":
        return scene.render.engine
    return PICTURES if scene.display.shading.color_type == "TEXTURE" else NOTHING


def _renders_layers(scene, trees):
    """Blender leaves the layers out where the compositor works on none of them."""
    if not trees:
        return True
    layers = [node for tree in trees for node in tree.nodes if node.type == "R_LAYERS" and not node.mute]
    # One in a group counts too, in some versions: look no further, and count the layers.
    return any(node.scene in (None, scene) for node in layers) or any(node.type == "GROUP" for tree in trees for node in tree.nodes)


def _strips(scene):
    """The strips that make pictures; while there is one, the scene itself is not rendered."""
    editor = scene.sequence_editor
    if editor is None:
        return []
    top = [each for each in _top(editor) if each.type != "SOUND" and not _muted(each, editor)]
    return list(_with_those_below(top))


def _with_those_below(strips):
    for strip in strips:
        yield strip
        if strip.type == "META":
            yield from _with_those_below([each for each in _top(strip) if not _muted(each, strip)])
        for name in ("input_1", "input_2"):
            below = getattr(strip, name, None)
            if below is not None and below.mute:
                yield below


def _top(owner):
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def _muted(strip, owner):
    if strip.mute:
        return True
    channels = getattr(owner, "channels", ())
    return strip.channel < len(channels) and channels[strip.channel].mute


def _during(strip, start):
    """Which frame of what it shows a strip shows when, if that begins at this one."""

    def shown(frame):
        if not strip.frame_final_start <= frame < strip.frame_final_end:
            return None
        return int(frame - strip.frame_start + start + strip.animation_offset_start)

    return shown


def animates(block, path):
    """Whether an action, a driver or a strip of actions sets a property of a block, sooner or later."""
    data = getattr(block, "animation_data", None)
    if data is None:
        return False
    if any(curve.data_path == path for curve in data.drivers):
        return True
    return any(curve.data_path == path for action in _actions(data) for curve in _curves(action))


def _actions(data):
    actions = [data.action] + [strip.action for track in data.nla_tracks for strip in track.strips]
    return [each for each in actions if each is not None]


def _with_its_animation(block):
    yield block
    data = getattr(block, "animation_data", None)
    if data is not None:
        yield from _actions(data)
    override = getattr(block, "override_library", None)
    if override is not None and override.reference is not None:
        yield override.reference


def _curves(action):
    if hasattr(action, "fcurves"):
        return action.fcurves
    return [
        curve for layer in action.layers for strip in layer.strips for bag in getattr(strip, "channelbags", ()) for curve in bag.fcurves
    ]
