"""Asks a scene before its first frame what Blender itself would pass over without a word."""

import gzip
import os
import re

import bpy

import channel
from channel import Refused

LISTED = 8
NOT_RENDERED = ("Brush", "Screen", "WindowManager", "WorkSpace", "Camera", "Library")
CHANGES_A_FRAME = re.compile(r"app\.handlers|driver_namespace|app\.timers|frame_change|msgbus")
INTERFACE_ONLY = re.compile(r"bpy\.types\.(Panel|Operator|Menu|PropertyGroup|UIList)\b|from bpy\.types import")


def open_scene(wanted):
    path = wanted.required("scene")
    if not os.path.isfile(path):
        raise Refused("scene-missing", "The scene '%s' is not there" % os.path.basename(path))
    newer = _newer_version(path)
    if newer:
        channel.warning(
            "newer-scene", "The scene was saved by a newer version of Blender, %s; this is %s" % (newer, bpy.app.version_string)
        )
    try:
        bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=wanted.flag("trust"))
    except RuntimeError as problem:
        kind = "scene-too-new" if newer else "scene-unreadable"
        raise Refused(kind, str(problem).strip())
    if tuple(bpy.data.version[:2]) > tuple(bpy.app.version[:2]) and not newer:
        channel.warning(
            "newer-scene",
            "The scene was saved by a newer version of Blender, %d.%d; this is %s"
            % (tuple(bpy.data.version[:2]) + (bpy.app.version_string,)),
        )


def check(scene, wanted):
    """What is wrong for every frame."""
    if not wanted.flag("trust"):
        _refuse_blocked_scripts()
    problems = list(_libraries()) + list(_images()) + list(_fonts()) + list(_caches()) + list(_other_files(scene))
    _refuse(problems, wanted)


def check_frame(scene, frame, wanted):
    """What is wrong for this frame only: a hole in an image sequence."""
    _refuse(list(_sequence_holes(scene, frame)), wanted, frame)


def _refuse(problems, wanted, frame=None):
    if not problems:
        return
    kinds = [kind for kind, _, _ in problems]
    shown = "; ".join("%s '%s': %s" % (kind, owner, path) for kind, owner, path in problems[:LISTED])
    more = "; and %d more" % (len(problems) - LISTED) if len(problems) > LISTED else ""
    if wanted.flag("allowMissing"):
        channel.warning("missing-" + kinds[0], "Not there: " + shown + more)
        return
    raise Refused("missing-" + kinds[0], shown + more, frame)


def _newer_version(path):
    """The version in the file's header if it is above this Blender's; unknown for zstd-compressed files."""
    with open(path, "rb") as file:
        head = file.read(24)
    try:
        if head[:2] == b"\x1f\x8b":
            with gzip.open(path, "rb") as file:
                head = file.read(24)
    except (OSError, EOFError):
        return None
    # "BLENDER-v304" up to 4.x, "BLENDER17-01v0500" from 5.0.
    match = re.match(rb"BLENDER(?:[-_][vV](\d)(\d\d)|\d\d-\d\d[vV](\d\d)(\d\d))", head)
    if not match:
        return None
    major, minor = [int(part) for part in match.groups() if part is not None]
    return "%d.%d" % (major, minor) if (major, minor) > tuple(bpy.app.version[:2]) else None


def _there(path, owner):
    return os.path.exists(bpy.path.abspath(path, library=owner.library))


def _used(block):
    return block.users - int(block.use_fake_user) > 0


def _libraries():
    for library in bpy.data.libraries:
        if not library.packed_file and not os.path.isfile(bpy.path.abspath(library.filepath)):
            yield "library", library.name, library.filepath
    for collection in (bpy.data.objects, bpy.data.collections, bpy.data.meshes, bpy.data.materials):
        for block in collection:
            library = block.library
            if getattr(block, "is_missing", False) and library and os.path.isfile(bpy.path.abspath(library.filepath)):
                yield "library", library.name, "%s has no '%s'" % (library.filepath, block.name)


def _images():
    candidates = {
        image
        for image in bpy.data.images
        if image.source in ("FILE", "SEQUENCE", "MOVIE", "TILED")
        and image.filepath
        and not image.packed_file
        and not len(getattr(image, "packed_files", ()))
        and _used(image)
        and not _image_there(image)
    }
    if not candidates:
        return
    for image, users in bpy.data.user_map(subset=candidates).items():
        if any(_renders(user) for user in users):
            yield "texture", image.name, image.filepath


def _renders(user):
    """Reference pictures of cameras and empties, and brushes, are not in any frame."""
    if isinstance(user, bpy.types.Object):
        return user.type != "EMPTY"
    return type(user).__name__ not in NOT_RENDERED


def _image_there(image):
    if image.source == "TILED":
        return all(
            _there(re.sub(r"<UDIM>|\b1001\b", str(tile.number), image.filepath), image) for tile in image.tiles
        )
    if image.source == "SEQUENCE":
        folder, name = os.path.split(bpy.path.abspath(image.filepath, library=image.library))
        digits = list(re.finditer(r"\d+", name))
        if not digits:
            return os.path.isfile(os.path.join(folder, name))
        start, end = digits[-1].span()
        any_frame = re.compile(re.escape(name[:start]) + r"\d+" + re.escape(name[end:]) + "$")
        return os.path.isdir(folder) and any(any_frame.match(each) for each in os.listdir(folder))
    return _there(image.filepath, image)


def _fonts():
    for font in bpy.data.fonts:
        if font.filepath not in ("", "<builtin>") and not font.packed_file and _used(font):
            if not _there(font.filepath, font):
                yield "font", font.name, font.filepath


def _caches():
    for cache in bpy.data.cache_files:
        if _used(cache) and not cache.is_sequence and not _there(cache.filepath, cache):
            yield "cache", cache.name, cache.filepath
    for volume in getattr(bpy.data, "volumes", ()):
        sequence = getattr(volume, "is_sequence", False)
        path = os.path.dirname(volume.filepath) if sequence else volume.filepath
        if volume.filepath and not volume.packed_file and _used(volume) and not _there(path, volume):
            yield "cache", volume.name, volume.filepath
    for thing in bpy.data.objects:
        for modifier in thing.modifiers:
            path = _cache_of(modifier)
            if path and modifier.show_render and not _there(path, thing):
                yield "cache", "%s (%s)" % (thing.name, modifier.name), path
        for system in thing.particle_systems:
            yield from _point_cache(thing, system.name, system.point_cache)


def _cache_of(modifier):
    if modifier.type == "MESH_CACHE":
        return modifier.filepath
    if modifier.type == "OCEAN" and modifier.is_cached:
        return modifier.filepath
    if modifier.type == "FLUID" and modifier.fluid_type == "DOMAIN":
        settings = modifier.domain_settings
        if settings.cache_type in ("MODULAR", "ALL"):
            return settings.cache_directory
    return None


def _point_cache(thing, name, cache):
    if cache.use_external and cache.filepath and not _there(cache.filepath, thing):
        yield "cache", "%s (%s)" % (thing.name, name), cache.filepath
    elif cache.use_disk_cache and cache.is_baked and bpy.data.filepath:
        stem = os.path.splitext(os.path.basename(bpy.data.filepath))[0]
        folder = "//blendcache_" + stem
        if not os.path.isdir(bpy.path.abspath(folder)):
            yield "cache", "%s (%s)" % (thing.name, name), folder


def _other_files(scene):
    for tree in _node_trees(scene):
        for node in tree.nodes:
            external = getattr(node, "mode", None) == "EXTERNAL" and getattr(node, "filepath", "")
            if external and not _there(node.filepath, tree.id_data):
                yield "texture", node.name, node.filepath
    for clip in bpy.data.movieclips:
        if _used(clip) and _clip_is_composited(scene, clip) and not _there(clip.filepath, clip):
            yield "texture", clip.name, clip.filepath
    if scene.render.use_sequencer and scene.sequence_editor:
        yield from _strips(scene)


def _clip_is_composited(scene, clip):
    return any(getattr(node, "clip", None) == clip for tree in _compositor(scene) for node in tree.nodes)


def _strips(scene):
    editor = scene.sequence_editor
    strips = editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all
    for strip in strips:
        if strip.mute:
            continue
        if strip.type == "MOVIE" and not _there(strip.filepath, scene):
            yield "texture", strip.name, strip.filepath
        elif strip.type == "IMAGE":
            for element in strip.elements:
                path = os.path.join(strip.directory, element.filename)
                if not _there(path, scene):
                    yield "texture", strip.name, path


def _compositor(scene):
    group = getattr(scene, "compositing_node_group", None)
    if group is not None:
        return [group]
    tree = getattr(scene, "node_tree", None) if getattr(scene, "use_nodes", False) else None
    return [tree] if tree is not None else []


def _node_trees(scene):
    for collection in (bpy.data.materials, bpy.data.worlds, bpy.data.lights):
        for block in collection:
            if block.node_tree is not None and _used(block):
                yield block.node_tree
    yield from _compositor(scene)
    for group in bpy.data.node_groups:
        if _used(group):
            yield group


def _sequence_holes(scene, frame):
    for tree in _node_trees(scene):
        for node in tree.nodes:
            image = getattr(node, "image", None)
            if image is None or image.source != "SEQUENCE" or image.packed_file or node.mute:
                continue
            number = _sequence_frame(getattr(node, "image_user", None) or node, frame)
            folder, name = os.path.split(bpy.path.abspath(image.filepath, library=image.library))
            digits = list(re.finditer(r"\d+", name))
            if number is None or not digits:
                continue
            start, end = digits[-1].span()
            wanted = name[:start] + str(number).zfill(end - start) + name[end:]
            if not os.path.isfile(os.path.join(folder, wanted)):
                yield "texture", image.name, os.path.join(folder, wanted)


def _sequence_frame(user, frame):
    """Which picture of a sequence Blender takes at a frame (manual: Image Texture node, sequence properties)."""
    length = user.frame_duration
    if length <= 0:
        return None
    position = frame - user.frame_start + 1
    if user.use_cyclic:
        position = (position - 1) % length + 1
    return min(max(position, 1), length) + user.frame_offset


def _refuse_blocked_scripts():
    blocked = ["the text '%s' is to run when the scene is opened" % t.name for t in bpy.data.texts if _changes_frames(t)]
    blocked += ["the driver of %s computes '%s'" % each for each in _python_drivers()]
    if blocked:
        more = " and %d more" % (len(blocked) - LISTED) if len(blocked) > LISTED else ""
        raise Refused("scripts-blocked", "; ".join(blocked[:LISTED]) + more)
    ignored = [text.name for text in bpy.data.texts if text.use_module]
    if ignored:
        channel.warning("scripts", "Not run, being for the user interface only: " + ", ".join(ignored[:LISTED]))


def _changes_frames(text):
    """Rigs bring panels along in texts that register themselves; frames are the same without those."""
    if not text.use_module:
        return False
    source = text.as_string()
    return bool(CHANGES_A_FRAME.search(source)) or not INTERFACE_ONLY.search(source)


def _python_drivers():
    """Drivers that only Python can evaluate; Blender computes plain arithmetic itself, scripts allowed or not."""
    for name in dir(bpy.data):
        collection = getattr(bpy.data, name)
        if not isinstance(collection, bpy.types.bpy_prop_collection):
            continue
        for block in collection:
            for owner in (block, getattr(block, "node_tree", None)):
                data = getattr(owner, "animation_data", None)
                for curve in data.drivers if data else ():
                    driver = curve.driver
                    if driver.type == "SCRIPTED" and not driver.is_simple_expression and not curve.mute:
                        yield "%s '%s' %s" % (type(block).__name__, block.name, curve.data_path), driver.expression
