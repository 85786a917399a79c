/**
 * Thousands of nodes over HTTP: {@link io.renderfleet.benchmarks.http.ManyNodes} is the way in. The nodes are stubs in a process of their
 * own, as light as can be.
 */
@NullMarked
package io.renderfleet.benchmarks.http;

import org.jspecify.annotations.NullMarked;
