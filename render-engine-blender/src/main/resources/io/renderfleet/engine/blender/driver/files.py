"""Finds every need of the open scene: walks its data as Blender itself describes it, libraries' data too."""

import os

import bpy

import caches
import structs
from needs import LAST_NUMBER, Need, Sequence, Shown, Tiles

# Where Blender writes; what matters to no pixel; what is in the scene by the time that it is loaded; a second name for the same.
IGNORED = set(
    "RenderSettings.filepath BakeSettings.filepath DynamicPaintSurface.image_output_path CollectionExport.filepath"
    " CollectionImport.filepath CompositorNodeOutputFile.base_path CompositorNodeOutputFile.directory"
    " CompositorNodeOutputFile.file_name Sound.filepath PointCacheItem.filepath SequenceEditor.proxy_dir Library.filepath"
    " LibraryWeakReference.filepath LibraryWeakReference.id_name Image.filepath_raw ImagePackedFile.filepath Brush.icon_filepath"
    " VolumeGrids.frame_filepath NodesModifierBake.directory BlendFileColorspace.ocio_config_path".split()
)
OF_THE_INTERFACE = ("window_managers", "screens", "workspaces", "brushes", "palettes", "paint_curves", "texts", "sounds", "actions")


def needs():
    """All of them, whether any frame can reach them or not."""
    found = [Library(each) for each in bpy.data.libraries if not each.packed_file]
    for name, collection in structs.collections():
        if name not in OF_THE_INTERFACE:
            for block in collection:
                _of(block, block, found)
                tree = getattr(block, "node_tree", None)
                if tree is not None:
                    _of(block, tree, found)
    return found


def _of(block, holder, found):
    """``holder`` is the block itself or its own tree of nodes."""
    for struct, name, way in structs.paths(holder):
        key = structs.name_of(struct) + "." + name
        if key in IGNORED:
            continue
        reader = READERS.get(key) or caches.READERS.get(key)
        if reader:
            found.extend(reader(block, way[0] if way else None, struct))
        else:
            path = getattr(struct, name)
            if path:
                found.append(Need("file", block, way[0] if way else None, path))
    if structs.name_of(holder) == "GeometryNodeTree":
        found.extend(_sockets(block, holder))


def absent_blocks():
    """What the scene links of libraries that are there, but do not have it."""
    for name, collection in structs.collections():
        if name in ("objects", "collections", "meshes", "materials", "node_groups", "worlds", "scenes", "images"):
            for block in collection:
                if block.library and getattr(block, "is_missing", False):
                    if os.path.isfile(Library(block.library).absolute()):
                        yield Absent(block)


class Library(Need):
    def __init__(self, library):
        Need.__init__(self, "library", library, None, library.filepath)

    def absolute(self, path=None):
        # Blender itself has put the path of a library's library beside the scene.
        return os.path.normpath(bpy.path.abspath(self.path))


class Absent(Need):
    def __init__(self, block):
        Need.__init__(self, "library", block, None, block.library.filepath)

    @property
    def label(self):
        return self.block.library.name


def _image(image, _, struct):
    packed = image.packed_file or len(getattr(image, "packed_files", ()))
    if packed or not image.filepath:
        return
    if image.source == "TILED":
        yield Tiles("texture", image, None, image.filepath)
    elif image.source == "SEQUENCE":
        yield Sequence(
            "texture", image, None, image.filepath, lambda frame, users: [picture_of(each, frame) for each in users.get(image, ())]
        )
    elif image.source in ("FILE", "MOVIE"):
        yield Need("texture", image, None, image.filepath)


def picture_of(user, frame):
    """Which picture of a sequence Blender shows at a frame (manual: Image Texture node, sequence properties)."""
    length = user.frame_duration
    if length <= 0:
        return None
    position = frame - user.frame_start + 1
    if user.use_cyclic:
        position = (position - 1) % length + 1
    return min(max(position, 1), length) + user.frame_offset


def _clip(clip, _, struct):
    if not clip.filepath:
        return
    if clip.source != "SEQUENCE":
        yield Need("texture", clip, None, clip.filepath)
        return
    digits = LAST_NUMBER.search(os.path.basename(clip.filepath.replace("\\", "/")))

    def numbers(frame, _):
        # Before its first picture and after its last a clip is empty, and meant to be.
        place = frame - clip.frame_start
        return [int(digits.group()) + place + clip.frame_offset] if digits and 0 <= place < clip.frame_duration else []

    yield Sequence("texture", clip, None, clip.filepath, numbers)


def _font(font, _, struct):
    if font.filepath not in ("", "<builtin>") and not font.packed_file:
        yield Need("font", font, None, font.filepath)


def _volume(volume, _, struct):
    if not volume.filepath or volume.packed_file:
        return
    if getattr(volume, "is_sequence", False):
        yield Sequence("cache", volume, None, volume.filepath, lambda frame, _: [_volume_frame(volume, frame)])
    else:
        yield Need("cache", volume, None, volume.filepath)


def _volume_frame(volume, frame):
    length, mode = volume.frame_duration, volume.sequence_mode
    place = frame - volume.frame_start + 1
    if length <= 0 or (mode == "CLIP" and not 1 <= place <= length):
        return None
    if mode == "REPEAT":
        place = (place - 1) % length + 1
    elif mode == "PING_PONG":
        period = max(2 * length - 2, 1)
        place = (place - 1) % period + 1
        place = place if place <= length else 2 * length - place
    return min(max(place, 1), length) + volume.frame_offset


def _cache_file(block, _, struct):
    """Alembic and USD, also the layers over them."""
    if not struct.filepath or getattr(struct, "hide_layer", False):
        return
    if block.is_sequence:
        numbers = lambda frame, _: [int(block.frame if block.override_frame else frame)]  # noqa: E731
        yield Sequence("cache", block, None, struct.filepath, numbers)
    else:
        yield Need("cache", block, None, struct.filepath)


def _script_node(block, node, struct):
    if struct.mode == "EXTERNAL" and struct.filepath:
        yield Need("texture", block, node, struct.filepath)


def _image_strip(scene, _, strip):
    elements = [os.path.join(strip.directory, each.filename) for each in strip.elements]
    if not elements:
        return

    def shown(frame):
        if not _lasts(strip, frame):
            return []
        if len(elements) == 1 or getattr(strip, "retiming_keys", None) or strip.strobe > 1:
            return elements
        last = max(len(elements) - strip.animation_offset_start - strip.animation_offset_end, 1) - 1
        place = min(max(int(frame - strip.frame_start), 0), last)
        place = (last - place if strip.use_reverse_frames else place) + strip.animation_offset_start
        return [elements[min(place, len(elements) - 1)]]

    yield Shown("texture", scene, strip, elements, shown)


def _movie_strip(scene, _, strip):
    if strip.filepath:
        yield Shown("texture", scene, strip, [strip.filepath], lambda frame: [strip.filepath] if _lasts(strip, frame) else [])


def _lasts(strip, frame):
    return strip.frame_final_start <= frame < strip.frame_final_end


def _sockets(block, tree):
    """The nodes that import a file take its path by a socket."""
    for node in tree.nodes:
        for socket in node.inputs:
            if structs.name_of(socket) == "NodeSocketStringFilePath" and socket.default_value and not socket.is_linked:
                yield Need("file", block, node, socket.default_value)


READERS = {
    "Image.filepath": _image,
    "MovieClip.filepath": _clip,
    "VectorFont.filepath": _font,
    "Volume.filepath": _volume,
    "CacheFile.filepath": _cache_file,
    "CacheFileLayer.filepath": _cache_file,
    "ShaderNodeScript.filepath": _script_node,
    "ShaderNodeTexIES.filepath": _script_node,
    "ImageSequence.directory": _image_strip,
    "ImageStrip.directory": _image_strip,
    "MovieSequence.filepath": _movie_strip,
    "MovieStrip.filepath": _movie_strip,
}
