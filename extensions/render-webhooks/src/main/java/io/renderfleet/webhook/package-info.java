/**
 * Tells other programs, by HTTP, what became of jobs and nodes.
 *
 * <p>Entry point: {@link io.renderfleet.webhook.Webhooks}.
 */
@NullMarked
package io.renderfleet.webhook;

import org.jspecify.annotations.NullMarked;
