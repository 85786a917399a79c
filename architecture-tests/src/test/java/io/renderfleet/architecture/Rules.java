package io.renderfleet.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** What must hold for the code of all modules. Each rule takes the package it looks at, so that it can be tried out. */
final class Rules {
    /** The lowest layers of the core, each of which sees those before it. */
    private static final String[] GROUND = {"model", "event", "policy"};

    /** Above the ground, and blind for each other: what others implement, how time passes, what is done on this
     * machine, what pictures look like, and what log lines bear. */
    private static final String[] MIDDLE = {"spi", "loop", "local", "image", "log"};

    /** Above the middle, and blind for each other: what the engine is made of. */
    private static final String[] PARTS = {"split", "engine.node", "track", "store", "output", "content"};

    /** Above the parts. Nobody but the executor, which is above everything, sees it. */
    private static final String ENGINE = "engine";

    private static final String TOP = "executor";

    private Rules() {}

    static ArchRule layersOfCore(String core) {
        var rule = layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer(TOP)
                .definedBy(core);
        List<String> below = new ArrayList<>();
        for (String layer : GROUND) {
            rule = rule.layer(layer).definedBy(core + "." + layer + "..");
            rule = onlySees(rule, layer, below);
            below.add(layer);
        }
        for (String[] siblings : List.of(MIDDLE, PARTS)) {
            for (String layer : siblings) {
                rule = rule.layer(layer).definedBy(core + "." + layer + "..");
            }
            for (String layer : siblings) {
                rule = onlySees(rule, layer, below);
            }
            below.addAll(Arrays.asList(siblings));
        }
        rule = onlySees(rule.layer(ENGINE).definedBy(core + "." + ENGINE), ENGINE, below);
        return rule.as("The layers of " + core + " see downwards only, and siblings never see each other");
    }

    private static LayeredArchitecture onlySees(LayeredArchitecture rule, String layer, List<String> below) {
        return below.isEmpty()
                ? rule.whereLayer(layer).mayNotAccessAnyLayer()
                : rule.whereLayer(layer).mayOnlyAccessLayers(below.toArray(String[]::new));
    }

    static ArchRule everyPackageOfCoreHasALayer(String core) {
        String[] placed = Stream.concat(
                        Stream.of(core, core + "." + ENGINE),
                        Stream.of(GROUND, MIDDLE, PARTS)
                                .flatMap(Arrays::stream)
                                .map(layer -> core + "." + layer + ".."))
                .toArray(String[]::new);
        return classes().that().resideInAPackage(core + "..").should().resideInAnyPackage(placed);
    }

    static ArchRule coreKnowsNoTransport(String core) {
        return classes()
                .that()
                .resideInAPackage(core + "..")
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are the core's own, the JDK's less its networking, or of slf4j, resilience4j and jspecify",
                        target -> isOwnOrAllowed(core, target.getPackageName())));
    }

    private static boolean isOwnOrAllowed(String core, String target) {
        if (target.startsWith("java.net.http")) {
            return false;
        }
        return target.isEmpty() // primitives and their arrays
                || Stream.of(core, "java", "javax.imageio", "org.slf4j", "io.github.resilience4j", "org.jspecify")
                        .anyMatch(allowed -> target.equals(allowed) || target.startsWith(allowed + "."));
    }

    static ArchRule noPackageCycles(String root) {
        return slices().matching(root + ".(**)").should().beFreeOfCycles();
    }

    static ArchRule everyPackageIsNullMarked(String root) {
        return classes().that().resideInAPackage(root + "..").should(beInANullMarkedPackage());
    }

    private static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return new ArchCondition<>("be in a package that is @NullMarked") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                boolean marked = item.getPackage().isAnnotatedWith(NullMarked.class);
                String message = item.getPackageName() + (marked ? " is" : " is not") + " @NullMarked";
                events.add(new SimpleConditionEvent(item, marked, message));
            }
        };
    }

    /** Libraries log; programs for people, named by their packages and classes, may print. */
    static ArchRule noPrinting(String root, String... programs) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and(DescribedPredicate.describe(
                        "are not of a program",
                        item -> Stream.of(programs).noneMatch(program -> isPartOf(program, item))))
                .should(ACCESS_STANDARD_STREAMS);
    }

    private static boolean isPartOf(String program, JavaClass item) {
        return item.getName().equals(program)
                || item.getName().startsWith(program + "$")
                || item.getName().startsWith(program + ".");
    }
}
