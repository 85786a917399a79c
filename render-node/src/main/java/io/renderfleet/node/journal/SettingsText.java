package io.renderfleet.node.journal;

import io.renderfleet.core.model.RenderSettings;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Settings as text, such as {@code samples=64&format=PNG}: what is set, in the order of the record. Goes by the record's components,
 * so that a new setting needs no change here.
 */
public final class SettingsText {
    /** What makes no difference to a pixel. */
    private static final Set<String> WITHOUT_TRACE = Set.of("threads", "overwrite", "persistentData");

    private static final Map<Class<?>, Function<String, Object>> READERS =
            Map.of(String.class, text -> text, Integer.class, Integer::valueOf, Boolean.class, Boolean::valueOf);

    private SettingsText() {}

    /**
     * Writes all that is set.
     *
     * @param settings the settings
     * @return text that {@link #parse} reads back
     */
    static String format(RenderSettings settings) {
        return format(settings, Set.of());
    }

    /**
     * Writes what can make a difference to the picture.
     *
     * @param settings the settings
     * @return the same text for settings that give the same picture
     */
    public static String ofPicture(RenderSettings settings) {
        return format(settings, WITHOUT_TRACE);
    }

    static RenderSettings parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        RecordComponent[] components = RenderSettings.class.getRecordComponents();
        @Nullable Object[] arguments = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String value = values.get(components[i].getName());
            Function<String, Object> reader = READERS.get(components[i].getType());
            arguments[i] = value == null || reader == null ? null : reader.apply(value);
        }
        try {
            return constructor(components).newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("settings '" + text + "' are not valid", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the record of settings cannot be made", e);
        }
    }

    private static Constructor<RenderSettings> constructor(RecordComponent[] components) throws NoSuchMethodException {
        return RenderSettings.class.getConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    }

    private static String format(RenderSettings settings, Set<String> without) {
        return Arrays.stream(RenderSettings.class.getRecordComponents())
                .filter(component -> !without.contains(component.getName()))
                .map(component -> pair(component, settings))
                .filter(pair -> !pair.isEmpty())
                .collect(Collectors.joining("&"));
    }

    private static String pair(RecordComponent component, RenderSettings settings) {
        try {
            Object value = component.getAccessor().invoke(settings);
            return value == null
                    ? ""
                    : component.getName() + "=" + URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the record of settings cannot be read", e);
        }
    }
}
