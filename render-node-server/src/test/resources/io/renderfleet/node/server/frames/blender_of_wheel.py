"""Does what the program `blender` does, as far as these tests need, where there is only the wheel `bpy`.

    python blender_of_wheel.py ARGUMENT …

The Python is that of an environment with the wheel in it. As with the program, arguments count in their order. Blender's own
code loads and renders; only the reading of arguments is done here, and an argument that is not known ends with exit code 2.
"""

import os
import runpy
import sys
import traceback

import bpy


def scene():
    return bpy.context.scene


def set_output(path):
    scene().render.filepath = os.path.abspath(path)


# What the program's -F calls otherwise than Python does.
FORMATS = {"TGA": "TARGA", "RAWTGA": "TARGA_RAW", "JP2": "JPEG2000"}


def set_format(name):
    name = FORMATS.get(name, name)
    image = scene().render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "MULTI_LAYER_IMAGE" if name == "OPEN_EXR_MULTILAYER" else "IMAGE"
    image.file_format = name


def animate():
    """The operator updates the scene before it renders, and the program does not: scripts must not see that update."""
    kinds = [getattr(bpy.app.handlers, name) for name in ("depsgraph_update_pre", "depsgraph_update_post")]
    taken = [(functions, functions[:]) for functions in kinds]
    for functions in kinds:
        del functions[:]

    def give_back(*_):
        while taken:
            functions, own = taken.pop()
            functions[:0] = own

    bpy.app.handlers.render_init.insert(0, give_back)
    bpy.ops.render.render(animation=True)


def main(arguments):
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    exit_code, trusted, loaded = 0, False, False
    bpy.ops.wm.read_factory_settings()
    words = iter(own)
    for word in words:
        if word in ("-v", "--version"):
            print("Blender", bpy.app.version_string)
            return 0
        if word in ("-b", "--background", "--factory-startup", "-noaudio"):
            continue
        if word in ("-y", "--enable-autoexec", "-Y", "--disable-autoexec"):
            trusted = word in ("-y", "--enable-autoexec")
        elif word in ("-t", "--threads"):
            next(words)
        elif word == "--python-exit-code":
            exit_code = int(next(words))
        elif word in ("-P", "--python"):
            try:
                runpy.run_path(next(words), run_name="__main__")
            except Exception:
                traceback.print_exc()
                if exit_code:
                    return exit_code
        elif word == "-o":
            set_output(next(words))
        elif word == "-F":
            set_format(next(words))
        elif word == "-s":
            scene().frame_start = int(next(words))
        elif word == "-e":
            scene().frame_end = int(next(words))
        elif word == "-a":
            animate()
        elif not word.startswith("-") and not loaded:
            bpy.ops.wm.open_mainfile(filepath=os.path.abspath(word), load_ui=False, use_scripts=trusted)
            loaded = True
        else:
            print("unknown argument: " + word, file=sys.stderr)
            return 2
    print("\nBlender quit")
    return 0


code = main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.flush()
# The module's own end of the interpreter may crash after all is done, which the program never does.
os._exit(code)
