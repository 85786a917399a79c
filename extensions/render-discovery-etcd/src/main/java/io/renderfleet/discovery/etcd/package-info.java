/**
 * Nodes that announce themselves in etcd, and what finds them there.
 *
 * <p>Entry points: {@link io.renderfleet.discovery.etcd.EtcdDiscovery} for {@code RenderExecutor.builder().discovery(…)}, and {@link
 * io.renderfleet.discovery.etcd.EtcdAnnouncement} for whoever runs a node.
 */
@NullMarked
package io.renderfleet.discovery.etcd;

import org.jspecify.annotations.NullMarked;
