package io.renderfleet.architecture;

import static java.util.stream.Collectors.toCollection;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which packages of the project each of its packages uses, as a table in Markdown says it. A row has the package, without the root, and
 * then the packages that it uses, each between backticks: {@code | `core.event` | `core.model` |}. Other lines do not count.
 */
final class PackageTable {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9.]+)` \\|(.*)\\|\\s*$");
    private static final Pattern NAME = Pattern.compile("`([a-z0-9.]+)`");

    private final String root;
    private final Map<String, Set<String>> rows;

    private PackageTable(String root, Map<String, Set<String>> rows) {
        this.root = root;
        this.rows = rows;
    }

    static PackageTable parse(String root, String markdown) {
        Map<String, Set<String>> rows = new TreeMap<>();
        ROW.matcher(markdown).results().forEach(row -> {
            Set<String> uses = NAME.matcher(row.group(2))
                    .results()
                    .map(name -> name.group(1))
                    .collect(toCollection(TreeSet::new));
            if (rows.put(row.group(1), uses) != null) {
                throw new IllegalArgumentException("the table has two rows for " + row.group(1));
            }
        });
        return new PackageTable(root, rows);
    }

    /** Compares the table with the classes, and gives a sentence for each difference. */
    List<String> differences(Iterable<JavaClass> classes) {
        Map<String, Map<String, String>> used = uses(classes);
        List<String> found = new ArrayList<>();
        used.forEach((name, uses) -> {
            Set<String> allowed = rows.get(name);
            if (allowed == null) {
                found.add(name + " has no row: it uses " + uses.keySet());
                return;
            }
            uses.forEach((target, example) -> {
                if (!allowed.contains(target)) {
                    found.add(name + " uses " + target + ", which its row does not have: " + example);
                }
            });
            allowed.stream()
                    .filter(target -> !uses.containsKey(target))
                    .forEach(target -> found.add(name + " does not use " + target + ", which its row has"));
        });
        rows.keySet().stream()
                .filter(name -> !used.containsKey(name))
                .forEach(name -> found.add(name + " has a row and no classes"));
        return found;
    }

    /** The packages that each package uses, each with one place where it does. */
    private Map<String, Map<String, String>> uses(Iterable<JavaClass> classes) {
        Map<String, Map<String, String>> used = new TreeMap<>();
        for (JavaClass item : classes) {
            String name = item.getPackageName().substring(root.length() + 1);
            Map<String, String> uses = used.computeIfAbsent(name, unseen -> new TreeMap<>());
            for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                String target =
                        dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (target.startsWith(root + ".") && !target.equals(item.getPackageName())) {
                    uses.putIfAbsent(target.substring(root.length() + 1), dependency.getDescription());
                }
            }
        }
        return used;
    }
}
