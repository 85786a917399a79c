/**
 * Nodes that are pods behind a service of Kubernetes.
 *
 * <p>Entry point: {@link io.renderfleet.discovery.kubernetes.KubernetesDiscovery} for {@code RenderExecutor.builder().discovery(…)}.
 */
@NullMarked
package io.renderfleet.discovery.kubernetes;

import org.jspecify.annotations.NullMarked;
