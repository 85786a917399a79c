/**
 * Finds out which nodes there are: from a file that is watched, and from DNS.
 *
 * <p>Entry points: {@link io.renderfleet.discovery.FileDiscovery} and {@link io.renderfleet.discovery.DnsDiscovery}, for {@code
 * RenderExecutor.builder().discovery(…)}.
 */
@NullMarked
package io.renderfleet.discovery;

import org.jspecify.annotations.NullMarked;
