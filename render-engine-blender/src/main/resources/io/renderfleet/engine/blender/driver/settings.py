"""Brings a loaded scene to what the request asks. Whatever cannot be had is refused, never replaced in silence."""

import bpy

import channel
from channel import Refused
from held import Held

MOVIES = ("AVI_JPEG", "AVI_RAW", "FFMPEG", "FRAMESERVER", "H264", "XVID", "THEORA")
MULTILAYER = "OPEN_EXR_MULTILAYER"
ENGINES = {
    "CYCLES": ("CYCLES",),
    # EEVEE's identifier went to BLENDER_EEVEE_NEXT in 4.2 and came back in 5.0.
    "EEVEE": ("BLENDER_EEVEE_NEXT", "BLENDER_EEVEE"),
    "BLENDER_EEVEE": ("BLENDER_EEVEE", "BLENDER_EEVEE_NEXT"),
    "BLENDER_EEVEE_NEXT": ("BLENDER_EEVEE_NEXT", "BLENDER_EEVEE"),
    "WORKBENCH": ("BLENDER_WORKBENCH",),
}
DEPTHS = ("8", "10", "12", "16", "32")
GPU_KINDS = ("OPTIX", "CUDA", "HIP", "ONEAPI", "METAL", "OPENCL")


def apply(wanted):
    """Applies everything that holds for all frames; returns the scene to render, and what of it frames may not change."""
    scene = _scene(wanted.get("sceneName"))
    _engine(scene, wanted.get("engine"))
    held = Held(scene)
    _view_layer(scene, held, wanted.get("viewLayer"))
    _camera(scene, held, wanted.get("camera"))
    _resolution(scene, held, wanted)
    _format(scene, wanted.get("format"), wanted.get("depth"))
    _threads(scene, wanted.number("threads"))
    _samples(scene, held, wanted.number("samples"))
    _seed(scene, held, wanted.number("seed"))
    _device(scene, held, wanted)
    if scene.render.engine == "CYCLES":
        _denoising(scene, held, wanted.get("denoise"))
        _shading(scene)
    held.settle()
    return scene, held


def _scene(name):
    if name is None:
        return bpy.context.scene
    scene = bpy.data.scenes.get(name)
    if scene is None:
        raise Refused("scene-name", _no_such("scene", name, bpy.data.scenes))
    if bpy.context.window is not None:
        bpy.context.window.scene = scene
    return scene


def _engine(scene, name):
    own = scene.render.engine
    candidates = (own,) if name is None else ENGINES.get(name, (name,))
    for candidate in candidates:
        try:
            scene.render.engine = candidate
            return
        except TypeError as problem:
            reason = str(problem)
    raise Refused(
        "engine",
        "The render engine '%s' is not in this Blender %s: %s"
        % (name or own or "that the scene was saved with", bpy.app.version_string, _choices(reason)),
    )


def _view_layer(scene, held, name):
    if name is None:
        return
    if scene.view_layers.get(name) is None:
        raise Refused("view-layer", _no_such("view layer", name, scene.view_layers))
    for layer in scene.view_layers:
        held.set(layer, "use", layer.name == name)


def _camera(scene, held, name):
    if name is None:
        return
    camera = scene.objects.get(name)
    if camera is None or camera.type != "CAMERA":
        raise Refused("camera", _no_such("camera", name, [o for o in scene.objects if o.type == "CAMERA"]))
    # Markers that are bound to cameras would switch away from it.
    for marker in scene.timeline_markers:
        marker.camera = None
    held.set(scene, "camera", camera)


def _resolution(scene, held, wanted):
    width, height, percentage = wanted.number("width"), wanted.number("height"), wanted.number("percentage")
    if width is not None:
        held.set(scene.render, "resolution_x", width)
    if height is not None:
        held.set(scene.render, "resolution_y", height)
    if percentage is not None:
        held.set(scene.render, "resolution_percentage", percentage)
    elif width is not None or height is not None:
        # Who asks for 1920 pixels wants 1920, not the half of it that the scene was previewed at.
        held.set(scene.render, "resolution_percentage", 100)


def _format(scene, name, depth):
    image = scene.render.image_settings
    # Whoever collects the files goes by their extension.
    scene.render.use_file_extension = True
    own = image.file_format
    if name is None and own in MOVIES:
        name = "PNG"
        channel.warning("movie-output", "The scene's own output is a movie (%s): single PNG frames are rendered" % own)
    if name is not None:
        try:
            _set_format(image, name)
        except TypeError as problem:
            raise Refused("format", "This Blender cannot write '%s': %s" % (name, _choices(str(problem))))
    if depth is not None:
        try:
            image.color_depth = depth
        except TypeError as problem:
            raise Refused(
                "format", "'%s' has no depth of %s bits: %s" % (image.file_format, depth, _choices(str(problem)))
            )


def _threads(scene, count):
    if count is None:
        return
    scene.render.threads_mode = "FIXED" if count > 0 else "AUTO"
    if count > 0:
        scene.render.threads = count


def _samples(scene, held, count):
    if count is None:
        return
    if scene.render.engine == "CYCLES":
        held.set(scene.cycles, "samples", count)
        held.set(scene.cycles, "use_square_samples", False)
        held.set(scene.cycles, "progressive", "PATH")
        for layer in scene.view_layers:
            # A layer's own count would silently win over the request's.
            held.set(layer, "samples", 0)
    elif scene.render.engine.startswith("BLENDER_EEVEE"):
        held.set(scene.eevee, "taa_render_samples", count)
    elif scene.render.engine == "BLENDER_WORKBENCH":
        steps = (5, 8, 11, 16, 32)
        held.set(
            scene.display, "render_aa", "OFF" if count <= 1 else str(min((s for s in steps if s >= count), default=32))
        )
    else:
        raise Refused("setting", "The samples of the engine '%s' cannot be set" % scene.render.engine)


def _seed(scene, held, seed):
    if seed is not None and scene.render.engine == "CYCLES":
        held.set(scene.cycles, "seed", seed)


def _device(scene, held, wanted):
    asked = wanted.get("device")
    cycles = scene.render.engine == "CYCLES"
    device = asked or (scene.cycles.device if cycles else "CPU")
    found, seen = (None, ()) if device == "CPU" else _use_gpu(device)
    if found:
        channel.emit("device", kind=found[0].type, name=", ".join(each.name for each in found))
    elif asked not in (None, "CPU"):
        channel.otherwise(
            wanted,
            "cpu",
            "gpu",
            "'%s' was asked for, but Blender finds no such device here (it looked for %s)"
            % (asked, ", ".join(seen) or "nothing, since this build supports none"),
            "rendered on the CPU",
        )
    elif device != "CPU":
        channel.warning("cpu", "The scene is set to GPU, and Blender finds none here: rendered on the CPU")
    if cycles:
        held.set(scene.cycles, "device", "GPU" if found else "CPU")


def _use_gpu(device):
    """Switches on every device of the kind, for Cycles; returns them, and the kinds that were looked for.

    What Cycles finds says for the other engines as well whether there is a graphics processor: they draw by OpenGL or
    Vulkan, which a machine without one has as software.
    """
    addon = bpy.context.preferences.addons.get("cycles")
    seen = []
    for kind in (GPU_KINDS if device == "GPU" else (device,)) if addon else ():
        try:
            addon.preferences.compute_device_type = kind
        except TypeError:
            continue
        seen.append(kind)
        devices = _devices(addon.preferences, kind)
        usable = [each for each in devices if each.type == kind]
        if usable:
            for each in devices:
                each.use = each.type == kind
            return usable, seen
    return None, seen


def _devices(preferences, kind):
    if hasattr(preferences, "get_devices_for_type"):
        return list(preferences.get_devices_for_type(kind))
    preferences.get_devices()
    return list(preferences.devices)


def _denoising(scene, held, asked):
    cycles = scene.cycles
    if not hasattr(cycles, "use_denoising"):  # before Blender 2.90 it was a matter of the layers alone
        for layer in scene.view_layers:
            if asked is not None:
                layer.cycles.use_denoising = asked == "1"
        return
    if asked is not None:
        held.set(cycles, "use_denoising", asked == "1")
    if not cycles.use_denoising or not any(layer.use and _layer_denoises(layer) for layer in scene.view_layers):
        return
    import _cycles

    if not getattr(_cycles, "with_openimagedenoise", True) and not _optix_denoises(cycles):
        raise Refused(
            "denoiser",
            "%s, but this Blender %s is built without OpenImageDenoise"
            % ("Denoising was asked for" if asked == "1" else "The scene has denoising on", bpy.app.version_string),
        )
    if _optix_denoises(cycles) and cycles.device != "GPU":
        raise Refused("denoiser", "The scene denoises with OptiX, which needs an NVIDIA device (device: OPTIX)")


def _optix_denoises(cycles):
    # Reading an empty list's value makes Blender complain on its log: builds without any denoiser have one.
    kinds = cycles.bl_rna.properties["denoiser"].enum_items if hasattr(cycles, "denoiser") else ()
    return len(kinds) > 0 and cycles.denoiser == "OPTIX"


def _layer_denoises(layer):
    return getattr(getattr(layer, "cycles", None), "use_denoising", True)


def _shading(scene):
    import _cycles

    if getattr(scene.cycles, "shading_system", False) and not getattr(_cycles, "with_osl", True):
        raise Refused("setting", "The scene uses Open Shading Language, which this Blender is built without")


def _no_such(what, name, there):
    names = sorted(each.name for each in there)
    shown = ", ".join("'%s'" % each for each in names[:12])
    more = " and %d more" % (len(names) - 12) if len(names) > 12 else ""
    return "The scene has no %s '%s': %s" % (what, name, "it has " + shown + more if names else "it has none")


def _choices(problem):
    """What Blender's own message says it would take."""
    start = problem.find("not found in (")
    return "it has " + problem[start + 14:].rstrip(")") if start >= 0 else problem


def abilities():
    """What this build can do, so that what it cannot is refused before anything starts."""
    import _cycles

    scene = bpy.context.scene
    return {
        "engines": " ".join(_accepted(scene.render, "engine", sorted({e for each in ENGINES.values() for e in each}))),
        "formats": " ".join(_formats(scene.render.image_settings)),
        "denoises": int(getattr(_cycles, "with_openimagedenoise", True)),
    }


def _accepted(owner, attribute, names):
    for name in names:
        try:
            setattr(owner, attribute, name)
            yield name
        except TypeError:
            pass


def _formats(image):
    """All formats of single pictures, each with the depths that it has, such as ``PNG:8,16``."""
    for each in image.bl_rna.properties["file_format"].enum_items:
        try:
            _set_format(image, each.identifier)
        except TypeError:
            continue
        if each.identifier not in MOVIES:
            yield "%s:%s" % (each.identifier, ",".join(depth for depth in DEPTHS if _takes_depth(image, depth)))


def _takes_depth(image, depth):
    try:
        image.color_depth = depth
        return True
    except TypeError:
        return False


def _set_format(image, name):
    if hasattr(image, "media_type"):  # from Blender 5.0
        image.media_type = "MULTI_LAYER_IMAGE" if name == MULTILAYER else "IMAGE"
    image.file_format = name
