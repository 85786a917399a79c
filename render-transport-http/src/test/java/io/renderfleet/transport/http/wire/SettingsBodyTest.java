package io.renderfleet.transport.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.core.model.RenderSettings;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goes through the components of the record, so that a setting that is added and forgotten somewhere is found. */
@DisplayName("Each setting")
class SettingsBodyTest {
    static List<String> settings() {
        return Arrays.stream(RenderSettings.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    private static Object valueFor(Class<?> type) {
        if (type == String.class) {
            return "CYCLES";
        }
        return type == Integer.class ? (Object) 16 : (Object) true;
    }

    private static RenderSettings only(String setting) throws ReflectiveOperationException {
        Class<?> type = RenderSettings.class.getMethod(setting).getReturnType();
        RenderSettings.Builder builder = RenderSettings.builder();
        RenderSettings.Builder.class.getMethod(setting, type).invoke(builder, valueFor(type));
        return builder.build();
    }

    @ParameterizedTest
    @MethodSource("settings")
    @DisplayName("travels under its own name, alone, and arrives as it was")
    void travels(String setting) throws ReflectiveOperationException, IOException, BadRequestException {
        RenderSettings settings = only(setting);
        Object value = RenderSettings.class.getMethod(setting).invoke(settings);

        byte[] wire = Wire.write(Objects.requireNonNull(SettingsBody.of(settings)));
        JsonNode json = new ObjectMapper().readTree(wire);

        String name = setting.equals("sceneName") ? "scene" : setting;
        Iterator<String> names = json.fieldNames();
        assertThat(names).toIterable().containsExactly(name);
        assertThat(json.get(name).asText()).isEqualTo(String.valueOf(value));
        assertThat(SettingsBody.read(new ObjectMapper().readValue(wire, SettingsBody.class)))
                .isEqualTo(settings);
    }

    @ParameterizedTest
    @MethodSource("settings")
    @DisplayName("is kept where others are changed")
    void isKept(String setting) throws ReflectiveOperationException {
        RenderSettings settings = only(setting);

        assertThat(settings).isNotEqualTo(RenderSettings.SCENE_DEFAULTS);
        assertThat(settings.toBuilder().build()).isEqualTo(settings);
    }
}
