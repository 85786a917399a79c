"""Scenes that ask for formats, colours and devices."""

import bpy

from scenes.stage import move


def written(stage, file_format, size=32, **values):
    scene = stage.begin(size)
    image = scene.render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "MULTI_LAYER_IMAGE" if file_format == "OPEN_EXR_MULTILAYER" else "IMAGE"
    image.file_format = file_format
    for name, value in values.items():
        setattr(image, name, value)
    move(stage.cube, last=6)
    stage.save()
    return scene


def png_8(stage):
    written(stage, "PNG")


def png_16(stage):
    written(stage, "PNG", color_depth="16")


def png_grey_16(stage):
    written(stage, "PNG", color_mode="BW", color_depth="16")


def png_alpha(stage):
    written(stage, "PNG", color_mode="RGBA").render.film_transparent = True
    stage.save()


def jpeg(stage):
    written(stage, "JPEG", quality=80)


def tiff_8(stage):
    written(stage, "TIFF")


def tiff_16(stage):
    written(stage, "TIFF", color_depth="16")


def exr_half(stage):
    written(stage, "OPEN_EXR", color_depth="16", exr_codec="DWAA")


def exr_full(stage):
    written(stage, "OPEN_EXR", color_depth="32", exr_codec="ZIP")


def exr_with_depth(stage):
    written(stage, "OPEN_EXR", color_depth="32", use_zbuffer=True)


def exr_with_preview(stage):
    written(stage, "OPEN_EXR", use_preview=True)


def exr_layers(stage):
    scene = written(stage, "OPEN_EXR_MULTILAYER", color_depth="32", exr_codec="ZIPS")
    scene.view_layers[0].use_pass_z = scene.view_layers[0].use_pass_normal = True
    stage.save()


def bmp(stage):
    written(stage, "BMP")


def targa(stage):
    written(stage, "TARGA")


def targa_raw(stage):
    written(stage, "TARGA_RAW")


def dpx(stage):
    written(stage, "DPX", color_depth="10")


def cineon(stage):
    written(stage, "CINEON")


def radiance(stage):
    written(stage, "HDR")


def jpeg_2000(stage):
    written(stage, "JPEG2000", color_depth="16")


def jpeg_2000_stream(stage):
    written(stage, "JPEG2000", jpeg2k_codec="J2K")


def webp(stage):
    written(stage, "WEBP")


def iris(stage):
    written(stage, "IRIS")


def raw_for_the_file(stage):
    """The file's own colour management differs from the scene's."""
    scene = written(stage, "PNG", color_management="OVERRIDE")
    own = scene.render.image_settings.view_settings
    own.view_transform, own.exposure = "Raw", 1
    scene.view_settings.view_transform = "Filmic"
    stage.save()


def filmic(stage):
    scene = written(stage, "PNG")
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.exposure, scene.view_settings.gamma = 0.7, 1.2
    stage.save()


def curves_in_view(stage):
    scene = written(stage, "PNG")
    scene.view_settings.use_curve_mapping = True
    curve = scene.view_settings.curve_mapping.curves[3]
    curve.points.new(0.5, 0.8)
    scene.view_settings.curve_mapping.update()
    stage.save()


def view_transform_missing(stage):
    """As a studio's colour configuration leaves it, which the node does not have."""
    scene = written(stage, "PNG")
    scene.view_settings.view_transform = "Filmic"
    stage.save()
    with open(stage.at("scene.blend"), "rb") as file:
        data = file.read()
    assert b"Filmic\0" in data
    with open(stage.at("scene.blend"), "wb") as file:
        file.write(data.replace(b"Filmic\0", b"Studio\0"))
    scene.view_settings.view_transform = "Standard"
    stage.save_right()


def wants_gpu(stage):
    scene = written(stage, "PNG")
    scene.cycles.device = "GPU"
    stage.save()


def wants_film(stage):
    """The scene's own output is a film; its frames are those of a scene that writes PNG."""
    scene = written(stage, "PNG")
    stage.save_right()
    image = scene.render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "VIDEO"
    image.file_format = "FFMPEG"
    stage.save()


def burnt_in_name(stage):
    """The file's name in the picture is the artist's. A note with the same words looks the same as Blender's own line."""
    scene = stage.begin(256)
    render = scene.render
    render.resolution_y = 64
    render.use_stamp = True
    for name in dir(render):
        if name.startswith("use_stamp_") and name not in ("use_stamp_labels", "use_stamp_strip_meta"):
            setattr(render, name, False)
    render.stamp_font_size = 12
    render.use_stamp_labels = True
    render.use_stamp_note, render.stamp_note_text = True, "File hero_shot_v012.blend"
    stage.save_right()
    render.use_stamp_note, render.use_stamp_filename = False, True
    stage.save("hero_shot_v012.blend")
    import os

    os.remove(stage.at("scene.blend"))


def burnt_in_frame(stage):
    """The number has as many digits as the last frame of the scene."""
    scene = stage.begin(256, last=10)
    render = scene.render
    render.resolution_y = 64
    render.use_stamp = True
    for name in dir(render):
        if name.startswith("use_stamp_") and name != "use_stamp_strip_meta":
            setattr(render, name, name in ("use_stamp_frame", "use_stamp_camera", "use_stamp_scene", "use_stamp_labels"))
    move(stage.cube)
    stage.save()


def overwrite_off(stage):
    scene = stage.begin()
    scene.render.use_overwrite, scene.render.use_placeholder = False, True
    move(stage.cube)
    stage.save()


def stereo(stage, file_format, views_format, kind="STEREO_3D"):
    scene = stage.begin()
    render = scene.render
    render.use_multiview = True
    render.views_format = kind
    image = render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "MULTI_LAYER_IMAGE" if file_format == "OPEN_EXR_MULTILAYER" else "IMAGE"
    image.file_format = file_format
    image.views_format = views_format
    move(stage.cube, last=6)
    stage.save()
    return scene


def stereo_two_files(stage):
    stereo(stage, "PNG", "INDIVIDUAL")


def stereo_in_one(stage):
    stereo(stage, "PNG", "STEREO_3D")


def stereo_jpeg(stage):
    stereo(stage, "JPEG", "INDIVIDUAL")


def stereo_exr(stage):
    stereo(stage, "OPEN_EXR_MULTILAYER", "MULTIVIEW")


def three_views(stage):
    scene = stereo(stage, "PNG", "INDIVIDUAL", "MULTIVIEW")
    for index, suffix in enumerate(("_a", "_b", "_c")):
        view = scene.render.views[index] if index < len(scene.render.views) else scene.render.views.new("third")
        view.camera_suffix = view.file_suffix = suffix
        camera = bpy.data.objects.new("Camera" + suffix, bpy.data.cameras.new("Camera" + suffix))
        camera.matrix_world = stage.camera.matrix_world.copy()
        camera.location.x += index * 0.7
        scene.collection.objects.link(camera)
    scene.camera = bpy.data.objects["Camera_a"]
    stage.save()
