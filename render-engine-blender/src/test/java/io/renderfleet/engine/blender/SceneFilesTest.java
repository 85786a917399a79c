package io.renderfleet.engine.blender;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.core.local.Sandbox;
import io.renderfleet.core.model.Failure;
import io.renderfleet.core.model.FailureKind;
import io.renderfleet.core.model.MissingFiles;
import io.renderfleet.core.model.RenderSettings;
import io.renderfleet.core.model.ScenePolicy;
import io.renderfleet.core.spi.EngineEvent;
import io.renderfleet.testkit.ExternalTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the files that a scene reads: one Blender makes the scenes, another one loads all of them. */
@DisplayName("Of the files that a scene reads,")
class SceneFilesTest {
    @TempDir
    static Path folder;

    private static Path scenes;
    private static Session session;

    private final List<EngineEvent> events = new ArrayList<>();

    private final Listener listener = new Listener() {
        @Override
        public void accept(EngineEvent event) {
            events.add(event);
        }

        @Override
        public boolean isStopped() {
            return false;
        }
    };

    @BeforeAll
    static void startBlender() throws Exception {
        scenes = TestScenes.make("make_file_scenes.py");
        session = Session.start(
                new BlenderConfig(
                        List.of(ExternalTool.BLENDER.require().toString()),
                        SessionMode.WARM,
                        false,
                        0,
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(2),
                        1_000,
                        1,
                        Long.MAX_VALUE,
                        Map.of(),
                        folder.resolve("sessions"),
                        Sandbox.off("It is not this test's.")),
                0,
                List.of(),
                List.of());
        assertThat(session.awaitReady(Listener.MUTE)).isInstanceOf(Reply.Done.class);
    }

    @AfterAll
    static void endBlender() {
        if (session != null) {
            session.end();
        }
    }

    @ParameterizedTest(name = "a missing one is a warning where it is {0}")
    @ValueSource(
            strings = {
                "material_of_nobody",
                "node_that_leads_nowhere",
                "muted_node",
                "group_without_a_way_out",
                "hidden_object",
                "excluded_collection",
                "collection_hidden_from_renders",
                "slot_of_no_face",
                "modifier_that_is_off",
                "other_scene",
                "compositor_that_is_off",
                "scene_that_the_compositor_does_not_take",
                "viewer",
                "by_workbench",
                "scene_behind_strips",
                "picture_behind_the_camera"
            })
    void unneeded(String scene) throws Exception {
        assertThat(load("unneeded_" + scene)).isEmpty();

        assertThat(warnings()).containsExactly("No frame needs it: texture 'gone.png': //gone.png is not there");
        assertThat(render(1)).isEmpty();
    }

    @ParameterizedTest(name = "a missing one fails the scene where it is needed {0}")
    @ValueSource(
            strings = {
                "object_linked_slot",
                "slot_of_one_face",
                "by_a_group",
                "by_a_material_that_nodes_set",
                "by_an_object_that_nodes_bring",
                "by_an_input_of_nodes",
                "by_an_instance",
                "by_particles",
                "by_an_operand",
                "by_a_displacement",
                "by_the_world",
                "by_a_light",
                "by_the_set",
                "by_the_compositor",
                "by_another_scene_of_the_compositor",
                "by_a_file_output",
                "by_a_scene_strip"
            })
    void needed(String scene) throws Exception {
        assertThat(load("needed_" + scene))
                .hasValueSatisfying(failure -> isMissingFiles(failure, "texture 'gone.png': //gone.png is not there"));
    }

    @ParameterizedTest(name = "{0} fails the scene: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    absent_of_a_library       | texture 'lent.png' of the library 'painter.blend': //lent.png is not there
                    absent_multires           | cache 'Cube (Multires)': //detail.btx is not there
                    spoilt_texture_of_git_lfs | texture 'pointer.png': //pointer.png is a Git LFS pointer, not the file itself
                    spoilt_by_a_cut           | texture 'cut.png': //cut.png is cut short
                    spoilt_font               | //text.font is no font that Blender can read
                    spoilt_by_an_error_page   | texture 'page.png': //page.png is nothing that Blender can show
                    spoilt_library_of_git_lfs | library 'pointer.blend': //pointer.blend is a Git LFS pointer, not the file itself
                    spoilt_library_by_a_cut   | library 'half.blend': //half.blend cannot be read, perhaps because it is cut short
                    spoilt_library_without_the_object | library 'other.blend': //other.blend has no 'Lent'
                    """)
    void fails(String scene, String message) throws Exception {
        assertThat(load(scene)).hasValueSatisfying(failure -> isMissingFiles(failure, message));
    }

    @ParameterizedTest(name = "{0} fails frame 3 alone: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    hole_in_a_texture                     | texture 'texture1.png': //texture3.png is not there
                    hole_in_the_world                     | texture 'sky1.png': //sky3.png is not there
                    hole_in_a_displacement                | texture 'bump1.png': //bump3.png is not there
                    hole_in_the_compositor                | texture 'plate1.png': //plate3.png is not there
                    hole_in_a_clip                        | texture 'clip1.png': //clip3.png is not there
                    hole_in_a_strip                       | texture 'strip': //strip3.png is not there
                    hole_in_a_sequence_of_a_scene_strip   | texture 'shot1.png': //shot3.png is not there
                    hole_after_a_strip_of_later_frames    | texture 'later': //later1.png is not there
                    hole_where_an_object_appears          | texture 'gone.png': //gone.png is not there
                    hole_in_a_cloth                       | cache 'Flag (Cloth)': //blendcache_hole_in_a_cloth/466C6167_000003_00.bphys is not there
                    hole_in_a_cloth_of_0_bytes            | cache 'Flag (Cloth)': //blendcache_hole_in_a_cloth_of_0_bytes/466C6167_000003_00.bphys is empty
                    hole_in_an_ocean                      | cache 'Cube (Ocean)': //ocean/disp_0003.exr is not there
                    """)
    void hole(String scene, String message) throws Exception {
        assertThat(load(scene)).isEmpty();

        Map<Integer, Failure> failed = render(2, 3, 4);

        assertThat(failed).containsOnlyKeys(3);
        assertThat(failed).hasEntrySatisfying(3, failure -> isMissingFiles(failure, message));
    }

    @Test
    @DisplayName("a cache that was left at home fails every frame")
    void cacheAtHome() throws Exception {
        assertThat(load("absent_cloth")).isEmpty();

        assertThat(render(1, 4)).containsOnlyKeys(1, 4);
        assertThat(load("whole_cloth")).isEmpty();
        assertThat(render(1, 4)).isEmpty();
    }

    @Test
    @DisplayName("missing ones are a warning where the request says so")
    void warns() throws Exception {
        ScenePolicy policy = new ScenePolicy(ScenePolicy.DEFAULT.simulation(), MissingFiles.WARN, Set.of());

        assertThat(load("needed_by_the_world", policy)).isEmpty();
        assertThat(render(1)).isEmpty();
        assertThat(load("hole_in_a_texture", policy)).isEmpty();
        assertThat(render(3)).isEmpty();

        assertThat(warnings())
                .containsExactly(
                        "Rendered without: texture 'gone.png': //gone.png is not there",
                        "Rendered without: texture 'texture1.png': //texture3.png is not there");
    }

    @ParameterizedTest(name = "{0} names {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    whole_cloth          | blendcache_whole_cloth/466C6167_00000{1,2,3,4}_00.bphys
                    cache_of_a_library   | blendcache_lender/466C6167_00000{1,2,3,4}_00.bphys, lender.blend
                    there_by_a_path_of_windows | pictures/there.png
                    hole_in_an_ocean     | ocean/disp_000{1,2,4}.exr
                    hole_in_a_clip       | clip{1,2,4}.png
                    hole_in_a_texture    | texture{1,2,4}.png
                    hole_in_a_strip      | strip{1,2,4}.png
                    """)
    void listed(String scene, String names) throws Exception {
        session.list(scenes.resolve(scene + ".blend"), listener);

        assertThat(session.listed().there().stream()
                        .map(file -> scenes.relativize(file).toString()))
                .containsExactlyElementsOf(Stream.of(names.split(", "))
                        .flatMap(SceneFilesTest::each)
                        .toList());
    }

    @ParameterizedTest(name = "{0} names gone.png as one that is not there, needed: {1}")
    @CsvSource({"needed_by_the_world, true", "unneeded_muted_node, false"})
    void listedMissing(String scene, boolean needed) throws Exception {
        session.list(scenes.resolve(scene + ".blend"), listener);

        SceneFiles.Listed listed = session.listed();
        assertThat(listed.there()).isEmpty();
        assertThat(needed ? listed.missing() : listed.unneeded()).containsExactly(scenes.resolve("gone.png"));
        assertThat(needed ? listed.unneeded() : listed.missing()).isEmpty();
    }

    /** {@code a{1,2}} is {@code a1} and {@code a2}. */
    private static Stream<String> each(String name) {
        int open = name.indexOf('{');
        if (open < 0) {
            return Stream.of(name);
        }
        int close = name.indexOf('}');
        return Stream.of(name.substring(open + 1, close).split(","))
                .map(one -> name.substring(0, open) + one + name.substring(close + 1));
    }

    private static void isMissingFiles(Failure failure, String message) {
        assertThat(failure.kind()).isEqualTo(FailureKind.MISSING_FILES);
        assertThat(failure.message()).contains(message + ". ");
    }

    private Optional<Failure> load(String scene) throws Exception {
        return load(scene, ScenePolicy.DEFAULT);
    }

    private Optional<Failure> load(String scene, ScenePolicy policy) throws Exception {
        Path file = scenes.resolve(scene + ".blend");
        Reply reply = session.load(SessionKey.of(file, scenes, RenderSettings.SCENE_DEFAULTS, policy), listener);
        return reply instanceof Reply.Done ? Optional.empty() : Optional.of(session.diagnose(reply, null));
    }

    /** Renders frames and returns the failures of those that failed. */
    private Map<Integer, Failure> render(int... frames) throws InterruptedException, IOException {
        Map<Integer, Failure> failed = new TreeMap<>();
        Path output = Files.createTempDirectory(folder, "out-");
        for (int frame : frames) {
            Reply reply = session.render(frame, output, "frame_" + frame, true, listener);
            if (!(reply instanceof Reply.Done)) {
                failed.put(frame, session.diagnose(reply, frame));
            }
        }
        return failed;
    }

    private List<String> warnings() {
        return events.stream()
                .filter(EngineEvent.Warned.class::isInstance)
                .map(event -> ((EngineEvent.Warned) event).warning().message())
                .toList();
    }
}
