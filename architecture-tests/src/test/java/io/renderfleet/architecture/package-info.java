/**
 * The rules for the structure of all modules, and the proof that each of them bites.
 *
 * <p>Entry point: {@link io.renderfleet.architecture.ArchitectureTest}. The fixtures below this package are small wrong
 * programs; nothing but {@link io.renderfleet.architecture.RulesBiteTest} looks at them.
 */
@NullMarked
package io.renderfleet.architecture;

import org.jspecify.annotations.NullMarked;
