package io.renderfleet.node.server.frames;

import static io.renderfleet.node.server.frames.Row.Sent.NAMED_FILES;
import static io.renderfleet.node.server.frames.Row.Sent.SCENE_ALONE;
import static io.renderfleet.node.server.frames.Row.equal;
import static io.renderfleet.node.server.frames.Row.fails;
import static io.renderfleet.node.server.frames.Row.warns;

import io.renderfleet.core.model.Allowance;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.Simulation;
import io.renderfleet.engine.blender.SessionMode;
import java.util.List;
import java.util.stream.Stream;

/** The table: every scene, by the Python file and the function that makes it, and what must become of its frames. */
final class Rows {
    /** From this version on there are only wheels to test with here, whose solver of fluids does not start. */
    private static final String NO_FLUIDS = "4.0";

    private static final String BAKED = "has baked it for all";

    private Rows() {}

    static final List<Row> ALL = Stream.of(
                    simulations(),
                    caches(),
                    pictures(),
                    needless(),
                    time(),
                    scripts(),
                    outputs(),
                    sideFiles(),
                    changing(),
                    engines())
            .flatMap(List::stream)
            .toList();

    /** What was never baked is rendered as if it had been. */
    private static List<Row> simulations() {
        String topic = "simulations";
        return List.of(
                equal(topic, "cloth").frames("1-8").inVerify(SessionMode.PROCESS, 2),
                equal(topic, "cloth").frames("1-8").policy(Simulation.RUN_UP, MissingFiles.FAIL),
                warns(topic, "cloth", "simulation", BAKED)
                        .frames("1-8")
                        .policy(Simulation.BAKE, MissingFiles.FAIL)
                        .inVerify(SessionMode.WARM, 2),
                fails(topic, "cloth", FailureKind.SIMULATION_NOT_BAKED, "Grid")
                        .policy(Simulation.REFUSE, MissingFiles.FAIL),
                equal(topic, "cloth_from_frame_three").frames("1-8"),
                equal(topic, "cloth_saved_at_frame_six").frames("1-8"),
                equal(topic, "rigid_body").frames("1-8"),
                equal(topic, "soft_body").frames("1-8"),
                equal(topic, "particles").frames("1-8"),
                // Baked hair is read back with rounding, which turns some pixels at its edges: only baking gives those.
                warns(topic, "hair_dynamics", "simulation", BAKED)
                        .frames("1-8")
                        .policy(Simulation.BAKE, MissingFiles.FAIL),
                equal(topic, "dynamic_paint").frames("1-8"),
                equal(topic, "fluid_replay").frames("1-6").until(NO_FLUIDS).inVerify(SessionMode.PROCESS, 2),
                equal(topic, "simulation_zone").frames("1-8").since("4.0"),
                equal(topic, "unseen_simulation").frames("1-4"));
    }

    /** What was baked is used where it is there, and missed by name where it is not. */
    private static List<Row> caches() {
        String topic = "caches";
        return List.of(
                equal(topic, "cloth_in_memory").frames("1-8"),
                equal(topic, "cloth_on_disk").frames("1-8"),
                equal(topic, "cloth_on_disk").frames("1-8").sent(NAMED_FILES),
                fails(topic, "cloth_on_disk", FailureKind.MISSING_FILES, "blendcache_scene")
                        .sent(SCENE_ALONE),
                fails(topic, "cloth_with_hole", FailureKind.MISSING_FILES, "blendcache_scene")
                        .frames("1-8")
                        .inVerify(SessionMode.WARM, Run.ALL_FRAMES),
                equal(topic, "cloth_cache_ends_early").frames("1-8"),
                equal(topic, "soft_body_on_disk").frames("1-8").sent(NAMED_FILES),
                fails(topic, "soft_body_on_disk", FailureKind.MISSING_FILES, "blendcache_scene")
                        .sent(SCENE_ALONE),
                equal(topic, "particles_on_disk").frames("1-8").sent(NAMED_FILES),
                fails(topic, "particles_on_disk", FailureKind.MISSING_FILES, "blendcache_scene")
                        .sent(SCENE_ALONE),
                equal(topic, "rigid_body_in_memory").frames("1-8"),
                equal(topic, "library_cloth").frames("1-8").sent(NAMED_FILES).inVerify(SessionMode.WARM, 2),
                equal(topic, "ocean").sent(NAMED_FILES).until("4.0"),
                fails(topic, "ocean", FailureKind.MISSING_FILES, "ocean")
                        .sent(SCENE_ALONE)
                        .until("4.0"),
                equal(topic, "multires").sent(NAMED_FILES).frames("1-2"),
                fails(topic, "multires", FailureKind.MISSING_FILES, "Detail.btx")
                        .sent(SCENE_ALONE)
                        .frames("1-2"),
                equal(topic, "mesh_cache").sent(NAMED_FILES),
                fails(topic, "mesh_cache", FailureKind.MISSING_FILES, "shape.pc2")
                        .sent(SCENE_ALONE),
                equal(topic, "fluid_baked").sent(NAMED_FILES).until(NO_FLUIDS),
                fails(topic, "fluid_baked", FailureKind.MISSING_FILES, "fluid")
                        .sent(SCENE_ALONE)
                        .until(NO_FLUIDS),
                equal(topic, "fluid_leftover").frames("1-6").until(NO_FLUIDS));
    }

    /** Pictures, films, fonts and libraries that frames show. */
    private static List<Row> pictures() {
        String topic = "pictures";
        return List.of(
                equal(topic, "texture_sequence_with_refresh").frames("1-5").sent(NAMED_FILES),
                equal(topic, "texture_sequence_without_refresh").frames("1-5").inVerify(SessionMode.WARM, 2),
                equal(topic, "texture_sequence_in_group").frames("1-5").sent(NAMED_FILES),
                equal(topic, "texture_sequence_offset").frames("1-8"),
                fails(topic, "texture_sequence_with_hole", FailureKind.MISSING_FILES, "t003.png")
                        .frames("1-5"),
                equal(topic, "texture_sequence_with_hole").frames("4-5"),
                equal(topic, "world_sequence_with_refresh").frames("1-5"),
                equal(topic, "world_sequence_without_refresh").frames("1-5"),
                equal(topic, "compositor_sequence_with_refresh").frames("1-5").sent(NAMED_FILES),
                equal(topic, "compositor_sequence_without_refresh").frames("1-5"),
                equal(topic, "displaced_by_sequence").frames("1-5"),
                equal(topic, "clip_sequence").frames("1-5").sent(NAMED_FILES),
                fails(topic, "clip_sequence_with_hole", FailureKind.MISSING_FILES, "plate0003.png")
                        .frames("1-5"),
                equal(topic, "strip_sequence").frames("1-5").sent(NAMED_FILES),
                fails(topic, "strip_sequence_with_hole", FailureKind.MISSING_FILES, "s003.png")
                        .frames("1-5"),
                equal(topic, "tiles").frames("1-2").sent(NAMED_FILES),
                fails(topic, "tile_missing", FailureKind.MISSING_FILES, "1002").frames("1-2"),
                equal(topic, "film_texture_with_refresh").sent(NAMED_FILES),
                equal(topic, "film_texture_without_refresh"),
                equal(topic, "texture_packed").frames("1-2"),
                fails(topic, "texture_missing", FailureKind.MISSING_FILES, "wood.png"),
                warns(topic, "texture_missing", "missing-texture", "wood.png")
                        .policy(Simulation.AUTO, MissingFiles.WARN),
                fails(topic, "texture_unreadable", FailureKind.MISSING_FILES, "wood.png")
                        .inVerify(SessionMode.WARM, 2),
                fails(topic, "texture_cut_off", FailureKind.MISSING_FILES, "wood.png"),
                fails(topic, "sequence_unreadable", FailureKind.MISSING_FILES, "t003.png")
                        .frames("1-5"),
                fails(topic, "strip_missing_seen", FailureKind.MISSING_FILES, "slate.png"),
                fails(topic, "font_missing", FailureKind.MISSING_FILES, "title.ttf"),
                equal(topic, "library").sent(NAMED_FILES),
                fails(topic, "library_missing", FailureKind.MISSING_FILES, "prop.blend"),
                fails(topic, "library_unreadable", FailureKind.MISSING_FILES, "prop.blend"),
                equal(topic, "texture_of_library").sent(NAMED_FILES));
    }

    /** Missing files that no frame of the job shows fail nothing. */
    private static List<Row> needless() {
        String topic = "pictures";
        return List.of(
                equal(topic, "missing_in_unused_material").frames("1-2"),
                equal(topic, "missing_in_unlinked_node").frames("1-2"),
                equal(topic, "missing_in_muted_node").frames("1-2"),
                equal(topic, "missing_on_hidden_object").frames("1-2").inVerify(SessionMode.WARM, 2),
                equal(topic, "missing_in_excluded_collection").frames("1-2"),
                equal(topic, "missing_in_other_scene").frames("1-2"),
                equal(topic, "missing_shown_later").frames("1-2"),
                fails(topic, "missing_shown_later", FailureKind.MISSING_FILES, "old.png")
                        .frames("9-12"),
                equal(topic, "strip_missing_muted").frames("1-2"),
                equal(topic, "strip_missing_in_muted_channel").frames("1-2"),
                equal(topic, "strip_missing_later").frames("1-2"),
                equal(topic, "library_unused").frames("1-2"));
    }

    private static List<Row> time() {
        String topic = "time_and_markers";
        return List.of(
                equal(topic, "subframe").frames("1-5").inVerify(SessionMode.WARM, 2),
                equal(topic, "remapped").frames("1-6"),
                equal(topic, "marker_cameras").inVerify(SessionMode.WARM, 2),
                equal(topic, "marker_after_first_frames"),
                equal(topic, "marker_cameras_remapped").frames("1-6"),
                equal(topic, "marker_with_hidden_camera"),
                equal(topic, "visibility").frames("1-5"),
                equal(topic, "samples").frames("1-5"),
                equal(topic, "simplify_animated").frames("1-5"),
                equal(topic, "motion_blur"),
                equal(topic, "motion_blur_of_shape"),
                equal(topic, "motion_blur_across_cameras"),
                equal(topic, "frame_rate"),
                fails(topic, "no_camera", FailureKind.NO_CAMERA, "camera"));
    }

    private static List<Row> scripts() {
        String topic = "scripts";
        return List.of(
                equal(topic, "frame_change_pre").trusted(),
                equal(topic, "frame_change_post").trusted(),
                equal(topic, "frame_change_of_material").trusted(),
                equal(topic, "render_pre").trusted(),
                equal(topic, "depsgraph_update_post").trusted(),
                equal(topic, "updated_by_script").trusted(),
                equal(topic, "load_post").trusted(),
                equal(topic, "text_before_frame").trusted(),
                equal(topic, "text_after_frame").trusted(),
                equal(topic, "moving_text").trusted(),
                equal(topic, "border").trusted().inVerify(SessionMode.WARM, 2),
                equal(topic, "resolution").trusted(),
                equal(topic, "camera_by_script").trusted(),
                equal(topic, "driver_function").trusted(),
                fails(topic, "driver_function", FailureKind.SCRIPTS_BLOCKED, "Cube"),
                equal(topic, "driven_by_python").trusted(),
                fails(topic, "driven_by_python", FailureKind.SCRIPTS_BLOCKED, "Camera")
                        .inVerify(SessionMode.WARM, 2),
                equal(topic, "driven_by_arithmetic"),
                equal(topic, "driver_of_nothing_seen"),
                equal(topic, "harmless_text"),
                fails(topic, "style_module", FailureKind.SCRIPTS_BLOCKED, "style.py"));
    }

    private static List<Row> outputs() {
        String topic = "outputs";
        return List.of(
                equal(topic, "png_8"),
                equal(topic, "png_16"),
                equal(topic, "png_grey_16"),
                equal(topic, "png_alpha"),
                equal(topic, "jpeg"),
                equal(topic, "tiff_8"),
                equal(topic, "tiff_16"),
                equal(topic, "exr_half"),
                equal(topic, "exr_full"),
                equal(topic, "exr_with_depth").until("4.0"),
                equal(topic, "exr_with_preview"),
                equal(topic, "exr_layers").inVerify(SessionMode.WARM, 2),
                equal(topic, "bmp"),
                equal(topic, "targa"),
                equal(topic, "targa_raw"),
                equal(topic, "dpx"),
                equal(topic, "cineon"),
                equal(topic, "radiance"),
                equal(topic, "jpeg_2000"),
                equal(topic, "jpeg_2000_stream"),
                equal(topic, "webp"),
                equal(topic, "iris"),
                equal(topic, "png_8").settings(format("DPX"), "-F", "DPX"),
                equal(topic, "png_8").settings(format("HDR"), "-F", "HDR"),
                equal(topic, "png_8").settings(format("BMP"), "-F", "BMP"),
                equal(topic, "png_8").settings(format("TARGA"), "-F", "TGA"),
                equal(topic, "png_8").settings(format("JPEG2000"), "-F", "JP2"),
                equal(topic, "raw_for_the_file"),
                equal(topic, "filmic"),
                equal(topic, "curves_in_view"),
                fails(topic, "view_transform_missing", FailureKind.COLOR_UNAVAILABLE, "Studio")
                        .inVerify(SessionMode.WARM, 2),
                warns(topic, "view_transform_missing", "view-transform", "Studio")
                        .allow(Allowance.VIEW_TRANSFORM),
                warns(topic, "wants_gpu", "cpu", "CPU"),
                warns(topic, "wants_film", "movie-output", "PNG"),
                equal(topic, "burnt_in_name").file("hero_shot_v012.blend").frames("1-2"),
                equal(topic, "burnt_in_frame").frames("1-10"),
                equal(topic, "overwrite_off"),
                equal(topic, "stereo_two_files"),
                equal(topic, "stereo_in_one"),
                equal(topic, "stereo_jpeg"),
                equal(topic, "stereo_exr"),
                equal(topic, "three_views"));
    }

    private static RenderSettings format(String name) {
        return RenderSettings.builder().format(name).build();
    }

    private static List<Row> sideFiles() {
        String topic = "side_files";
        return List.of(
                equal(topic, "names_that_differ_in_marks"),
                equal(topic, "names_in_chinese").inVerify(SessionMode.WARM, 2),
                equal(topic, "slots_in_chinese"),
                equal(topic, "one_folder_for_two"),
                equal(topic, "layers_in_one_file"),
                equal(topic, "written_from_group"),
                equal(topic, "cryptomatte"),
                equal(topic, "two_view_layers"),
                equal(topic, "single_layer"),
                equal(topic, "compositor_off"),
                equal(topic, "compositor_by_time").frames("1-5"),
                equal(topic, "picture_without_layers").frames("1-2"));
    }

    private static List<Row> changing() {
        String topic = "changing";
        return Stream.of(
                        "light",
                        "world",
                        "material",
                        "exposure",
                        "view_exposure",
                        "bounces",
                        "lens",
                        "shape",
                        "subdivision",
                        "text",
                        "nodes_by_time",
                        "instances",
                        "hair",
                        "driven")
                .map(scene -> equal(topic, scene))
                .toList();
    }

    private static List<Row> engines() {
        String topic = "engines";
        return List.of(
                equal(topic, "eevee").frames("1-2"),
                equal(topic, "eevee_motion_blur").frames("1-2"),
                equal(topic, "workbench").frames("1-3"),
                equal(topic, "workbench_sequence").frames("1-3"),
                equal(topic, "strokes_in_cycles").frames("1-2"),
                equal(topic, "strokes_in_workbench").frames("1-2"),
                equal(topic, "freestyle_lines").frames("1-2"),
                equal(topic, "strips_without_camera"),
                equal(topic, "strips_off").frames("1-2"),
                equal(topic, "scene_strip").frames("1-2"),
                equal(topic, "no_layer").frames("1-2"));
    }
}
