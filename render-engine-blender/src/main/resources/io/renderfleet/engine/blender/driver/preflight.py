"""Asks a scene before its first frame what Blender itself would pass over without a word."""

import ast
import ctypes
import gzip
import os
import re

import bpy
from bpy.app.handlers import persistent

import channel
import colors
from channel import Refused
from needed import Files

LISTED = 8
# Main begins with two links to neighbours, in all versions; the path follows.
MAIN_PATH_OFFSET = 2 * ctypes.sizeof(ctypes.c_void_p)
ZSTD = b"\x28\xb5\x2f\xfd"
FOREIGN = re.compile("not a blend file|format is not supported", re.IGNORECASE)
CHANGES_A_FRAME = re.compile(r"app\.handlers|driver_namespace|app\.timers|frame_change|msgbus")
HARMLESS_MODULES = ("bpy", "bmesh", "mathutils", "math", "os", "sys", "re", "random", "time", "json", "collections", "itertools")
INTERFACE_ONLY = re.compile(r"bpy\.types\.(Panel|Operator|Menu|PropertyGroup|UIList)\b|from bpy\.types import")


def open_scene(wanted, by_name=True):
    """Opens a scene; by its mere name, all paths of Blender's are relative to its folder, where this process then is."""
    path = wanted.required("scene")
    if not os.path.isfile(path):
        raise Refused("scene-missing", "The scene '%s' is not there" % os.path.basename(path))
    newer = newer_version(path)
    if newer and by_name:
        _settle_newer(wanted, newer)
    opened = []

    @persistent
    def note(*_):
        opened.append(True)

    bpy.app.handlers.load_post.append(note)
    if by_name:
        # Blender writes the path by which it opened a scene into pictures and their metadata, and a node's is nobody's concern.
        # Blender asks PWD before the system where it is.
        os.chdir(os.path.dirname(path))
        os.environ["PWD"] = os.path.dirname(path)
    try:
        bpy.ops.wm.open_mainfile(filepath=os.path.basename(path) if by_name else path, load_ui=False, use_scripts=wanted.flag("trust"))
    except RuntimeError as problem:
        # A library that cannot be read raises too, when the scene itself is open already: what it lacks is asked later.
        if not opened:
            raise _unreadable(path, newer, str(problem).strip())
    finally:
        bpy.app.handlers.load_post.remove(note)
    if tuple(bpy.data.version[:2]) > tuple(bpy.app.version[:2]) and by_name and not newer:
        _settle_newer(wanted, "%d.%d" % tuple(bpy.data.version[:2]))
    _flush()
    if by_name:
        _forget_folder(path)


def _settle_newer(wanted, version):
    channel.otherwise(
        wanted,
        "newer-scene",
        "scene-too-new",
        "The scene was saved by a newer version of Blender, %s; this is %s" % (version, bpy.app.version_string),
        "it may have lost what this one does not know",
    )


def _unreadable(path, newer, said):
    if newer:
        return Refused("scene-too-new", said)
    with open(path, "rb") as file:
        compressed = file.read(len(ZSTD)) == ZSTD
    if compressed and FOREIGN.search(said):
        return Refused(
            "scene-too-new",
            "The scene is compressed, and this Blender %s does not know what is inside: a newer version probably saved it"
            % bpy.app.version_string,
        )
    return Refused("scene-unreadable", said)


def _forget_folder(path):
    """Leaves Blender the scene's mere name. Versions from 4.x make a path of it by themselves, and let no script change it."""
    place, name = bpy.data.as_pointer() + MAIN_PATH_OFFSET, os.path.basename(path)
    try:
        known, wanted = os.fsencode(path) + b"\0", os.fsencode(name) + b"\0"
        # Nothing is written unless just that path is found where it is expected.
        if bpy.data.filepath == path and ctypes.string_at(place, len(known)) == known:
            ctypes.memmove(place, wanted, len(wanted))
    except (AttributeError, ValueError):
        pass


def _flush():
    """Brings out at once what Blender says about a scene, so that it is read before the driver's own words."""
    try:
        ctypes.CDLL(None).fflush(None)
    except (AttributeError, OSError, TypeError):
        pass  # Windows has no such handle


def check(scene, needs, wanted):
    """What is wrong for every frame; returns the files that single frames may lack."""
    if not wanted.flag("trust"):
        _refuse_blocked_scripts()
    colors.check(scene, wanted)
    needed = Files(scene, needs, wanted.flag("allowMissing"))
    needed.check()
    return needed


def newer_version(path):
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


def _refuse_blocked_scripts():
    blocked = ["the text '%s' is to run when the scene is opened" % t.name for t in bpy.data.texts if changes_frames(t)]
    blocked += ["the driver of %s computes '%s'" % each for each in _python_drivers()]
    blocked += ["the style module '%s' of view layer '%s' draws its lines" % each for each in _style_modules()]
    if blocked:
        more = " and %d more" % (len(blocked) - LISTED) if len(blocked) > LISTED else ""
        raise Refused("scripts-blocked", "; ".join(blocked[:LISTED]) + more)
    ignored = [text.name for text in bpy.data.texts if text.use_module]
    if ignored:
        channel.warning("scripts", "Not run, being for the user interface only: " + ", ".join(ignored[:LISTED]))


def changes_frames(text):
    """Rigs bring panels along in texts that register themselves; frames are the same without those."""
    if not text.use_module:
        return False
    source = text.as_string()
    if _only_defines(source):
        return False
    return bool(CHANGES_A_FRAME.search(source)) or not INTERFACE_ONLY.search(source)


def _only_defines(source):
    """Whether a text does nothing when it runs but give names to functions and constants, which nobody else can call then."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return False
    return all(_defines(each) for each in statements)


def _defines(statement):
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        names = [statement.module or "."] if isinstance(statement, ast.ImportFrom) else [each.name for each in statement.names]
        return all(name.split(".")[0] in HARMLESS_MODULES for name in names)
    if isinstance(statement, ast.FunctionDef):
        # Decorators and default values run with the definition.
        return not (statement.decorator_list or statement.args.defaults or any(statement.args.kw_defaults) or _annotated(statement))
    if isinstance(statement, (ast.Expr, ast.Assign)):
        # Up to Python 3.7 the parser has other names for constants.
        return type(statement.value).__name__ in ("Constant", "Str", "Num", "NameConstant")
    return isinstance(statement, ast.Pass)


def _annotated(function):
    arguments = function.args
    every = arguments.args + arguments.kwonlyargs + getattr(arguments, "posonlyargs", []) + [arguments.vararg, arguments.kwarg]
    return function.returns is not None or any(each is not None and each.annotation is not None for each in every)


def _style_modules():
    """Freestyle's style modules are Python, which Blender runs while it draws lines, whether scripts are allowed or not."""
    for scene in bpy.data.scenes:  # strips and the compositor show other scenes too
        for layer in scene.view_layers if getattr(scene.render, "use_freestyle", False) else ():
            settings = layer.freestyle_settings
            # Whether a layer or a module is used can change from frame to frame, by animation.
            if settings.mode == "SCRIPT":
                for module in settings.modules:
                    if module.script is not None:
                        yield module.script.name, layer.name


def _python_drivers():
    """Drivers that only Python can evaluate; Blender computes plain arithmetic itself, scripts allowed or not."""
    for name in dir(bpy.data):
        collection = getattr(bpy.data, name)
        if not isinstance(collection, bpy.types.bpy_prop_collection):
            continue
        for block in collection:
            if isinstance(block, bpy.types.Object) and block.users <= int(block.use_fake_user):
                continue  # kept in the file, and in no frame
            for owner in (block, getattr(block, "node_tree", None)):
                data = getattr(owner, "animation_data", None)
                for curve in data.drivers if data else ():
                    driver = curve.driver
                    if driver.type == "SCRIPTED" and not driver.is_simple_expression and not curve.mute:
                        yield "%s '%s' %s" % (type(block).__name__, block.name, curve.data_path), driver.expression
