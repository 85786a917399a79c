package io.renderfleet.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What can be counted of the engine's design: how much stands in one room, how much of it others see, and how much is handed around.
 *
 * @param rootTypes top-level types of the root package
 * @param publicRootTypes those of them that are public
 * @param exportedTypes public top-level types of all packages that the module exports
 * @param longParameterLists methods and constructors with more than six parameters, those of records left out
 * @param openFields fields that are neither private nor final, those of nested classes left out
 * @param triples methods and constructors that take a job, a batch and a node
 */
record EngineShape(
        List<String> rootTypes,
        List<String> publicRootTypes,
        List<String> exportedTypes,
        List<String> longParameterLists,
        List<String> openFields,
        List<String> triples) {
    private static final int MANY_PARAMETERS = 6;
    private static final Set<String> JOBS = Set.of("ActiveJob");
    private static final Set<String> BATCHES = Set.of("BatchRun", "OpenBatch", "BatchRecord");
    private static final Set<String> NODES = Set.of("NodeEntry");

    /** Counts in the classes of a module. */
    static EngineShape of(JavaClasses all, String root, Path module) {
        List<JavaClass> classes = all.stream()
                .filter(type -> type.getPackageName().equals(root)
                        || type.getPackageName().startsWith(root + "."))
                .toList();
        List<JavaClass> topLevel = classes.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .toList();
        Set<String> exported = exports(module);
        return new EngineShape(
                names(topLevel.stream().filter(type -> type.getPackageName().equals(root))),
                names(topLevel.stream().filter(type -> type.getPackageName().equals(root) && isPublic(type))),
                names(topLevel.stream().filter(type -> exported.contains(type.getPackageName()) && isPublic(type))),
                codeUnits(classes)
                        .filter(unit -> !unit.getOwner().isRecord())
                        .filter(unit -> unit.getRawParameterTypes().size() > MANY_PARAMETERS)
                        .map(EngineShape::name)
                        .sorted()
                        .toList(),
                classes.stream()
                        .filter(JavaClass::isTopLevelClass)
                        .flatMap(type -> type.getFields().stream())
                        .filter(EngineShape::isOpen)
                        .map(field -> field.getOwner().getSimpleName() + "." + field.getName())
                        .sorted()
                        .toList(),
                codeUnits(classes)
                        .filter(unit -> takes(unit, JOBS) && takes(unit, BATCHES) && takes(unit, NODES))
                        .map(EngineShape::name)
                        .sorted()
                        .toList());
    }

    private static Set<String> exports(Path module) {
        return ModuleFinder.of(module).findAll().stream()
                .flatMap(found -> found.descriptor().exports().stream())
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
    }

    private static Stream<JavaCodeUnit> codeUnits(List<JavaClass> classes) {
        return classes.stream()
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !unit.getModifiers().contains(JavaModifier.BRIDGE)
                        && !unit.getName().startsWith("lambda$"));
    }

    private static boolean takes(JavaCodeUnit unit, Set<String> types) {
        return unit.getRawParameterTypes().stream().anyMatch(type -> types.contains(type.getSimpleName()));
    }

    private static boolean isOpen(JavaField field) {
        Set<JavaModifier> modifiers = field.getModifiers();
        return !modifiers.contains(JavaModifier.PRIVATE)
                && !modifiers.contains(JavaModifier.FINAL)
                && !modifiers.contains(JavaModifier.SYNTHETIC);
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static List<String> names(Stream<JavaClass> types) {
        return types.map(JavaClass::getSimpleName).sorted().toList();
    }

    private static String name(JavaCodeUnit unit) {
        return unit.getOwner().getSimpleName() + "." + unit.getName();
    }

    @Override
    public String toString() {
        return String.join(
                System.lineSeparator(),
                "types in the root package: " + rootTypes.size() + ", public: " + publicRootTypes.size(),
                "public and exported types: " + exportedTypes.size(),
                "more than " + MANY_PARAMETERS + " parameters: " + longParameterLists.size() + " " + longParameterLists,
                "mutable fields that others can write: " + openFields.size() + " " + openFields,
                "job, batch and node in one signature: " + triples.size() + " " + triples);
    }
}
