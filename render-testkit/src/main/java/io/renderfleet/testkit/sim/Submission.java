package io.renderfleet.testkit.sim;

import io.renderfleet.core.model.RenderRequest;
import java.time.Duration;

/**
 * A request and when it is made.
 *
 * @param at when, from the start
 * @param request what is asked
 */
public record Submission(Duration at, RenderRequest request) {}
