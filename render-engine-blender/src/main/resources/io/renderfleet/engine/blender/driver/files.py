"""Finds every need of the open scene: walks its data as Blender itself describes it, libraries' data too."""

import os

import bpy

import caches
import structs
from animation import animates
from needs import LAST_NUMBER, Need, Sequence, Shown, Tiles, Views, real
from reach import PICKS
from readable import contents

# Where Blender writes; what matters to no pixel; what is in the scene by the time that it is loaded; a second name for the same.
IGNORED = set(
    "RenderSettings.filepath BakeSettings.filepath DynamicPaintSurface.image_output_path CollectionExport.filepath"
    " CollectionImport.filepath CompositorNodeOutputFile.base_path CompositorNodeOutputFile.directory"
    " CompositorNodeOutputFile.file_name Sound.filepath PointCacheItem.filepath SequenceEditor.proxy_dir Library.filepath"
    " LibraryWeakReference.filepath LibraryWeakReference.id_name Image.filepath_raw ImagePackedFile.filepath Brush.icon_filepath"
    " VolumeGrids.frame_filepath NodesModifierBake.directory BlendFileColorspace.ocio_config_path".split()
)
OF_THE_INTERFACE = ("window_managers", "screens", "workspaces", "brushes", "palettes", "paint_curves", "texts", "sounds", "libraries")


def needs():
    """All of them, whether any frame can reach them or not."""
    found = [Library(each) for each in _libraries()]
    for name, collection in structs.collections():
        if name not in OF_THE_INTERFACE:
            for block in collection:
                known = structs.plan(block)
                if known.has_paths:
                    _of(block, block, found)
                if known.has_tree and block.node_tree is not None:
                    _of(block, block.node_tree, found)
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
    """What the scene links of libraries that can be read, but do not have it."""
    names = {each: _names(each) for each in _libraries()}
    if not names:
        return
    for kind, collection in structs.collections():
        for block in collection if kind not in OF_THE_INTERFACE else ():
            known = names.get(block.library)
            if known and block.name not in known.get(kind, (block.name,)):
                yield Absent(block)


def _libraries():
    """Those that are files of their own and lend more than brushes, as the ones of Blender itself do."""
    own = [each for each in bpy.data.libraries if not each.packed_file and not getattr(each, "is_archive", False)]
    if not own:
        return own
    lent = {block.library for kind, collection in structs.collections() if kind not in OF_THE_INTERFACE for block in collection}
    return [each for each in own if each in lent]


def _beside(path):
    """A library's path as the artist gave it: of a scene that is opened by its name alone, Blender leaves out the two slashes."""
    return path if path.startswith("//") or os.path.isabs(path) else "//" + path


def _names(library):
    path = Library(library).absolute()
    try:
        return contents(path) if os.path.isfile(path) else None
    except OSError:
        return None


class Library(Need):
    def __init__(self, library):
        Need.__init__(self, "library", library, None, _beside(library.filepath))

    def absolute(self, path=None):
        # Blender itself has put the path of a library's library beside the scene.
        return real(self.path)


class Absent(Need):
    def __init__(self, block):
        Need.__init__(self, "library", block, None, _beside(block.library.filepath))
        self._library = None

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

        def numbers(frame, users):
            return [picture_of(each, frame) for each in users.get(image, ())]

        yield Sequence("texture", image, None, image.filepath, numbers, whole=True)
    elif image.source == "FILE" and getattr(image, "use_multiview", False) and image.views_format == "INDIVIDUAL":
        suffixes = {view.file_suffix for scene in bpy.data.scenes for view in scene.render.views if view.use and view.file_suffix}
        yield Views(image, image.filepath, sorted(suffixes))
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
    if any(animates(volume, each) for each in PICKS):
        return None
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

        def numbers(frame, _):
            if not block.override_frame:
                return [frame]
            return [] if animates(block, "frame") else [int(block.frame)]

        yield Sequence("cache", block, None, struct.filepath, numbers)
    else:
        yield Need("cache", block, None, struct.filepath)


def _script_node(block, node, struct):
    if struct.mode == "EXTERNAL" and struct.filepath:
        yield Need("file", block, node, struct.filepath)


def _camera(camera, _, struct):
    if camera.type == "CUSTOM" and camera.custom_mode == "EXTERNAL" and camera.custom_filepath:
        yield Need("file", camera, None, camera.custom_filepath)


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
    "Camera.custom_filepath": _camera,
    "ShaderNodeScript.filepath": _script_node,
    "ShaderNodeTexIES.filepath": _script_node,
    "ImageSequence.directory": _image_strip,
    "ImageStrip.directory": _image_strip,
    "MovieSequence.filepath": _movie_strip,
    "MovieStrip.filepath": _movie_strip,
}
