/**
 * One record for each thing that happens: what listeners hear, and what a store keeps.
 */
@NullMarked
package io.renderfleet.core.event;

import org.jspecify.annotations.NullMarked;
