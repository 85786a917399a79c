/**
 * What a node writes down: a journal for each job, from which the job table is there again after a restart, and a manifest beside the
 * frames. Entry points {@link io.renderfleet.node.journal.JobJournal} and {@link io.renderfleet.node.journal.Manifest}.
 *
 * <p>Both are text files of lines that are only ever added, so that a node that is killed loses at most the line it was writing.
 */
@NullMarked
package io.renderfleet.node.journal;

import org.jspecify.annotations.NullMarked;
