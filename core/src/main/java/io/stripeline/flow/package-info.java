/**
 * How data flows: a {@code Flux} of {@link io.stripeline.flow.Item}s from a source, through stages, into one {@link
 * io.stripeline.flow.Sink} that answers one {@link io.stripeline.flow.Report}.
 *
 * <p>Stages are functions from Flux to Flux, given to {@code transform}; sinks are given to {@code as} and end the
 * sentence. The failure of one entry is an {@link io.stripeline.flow.Outcome}; {@code onError} means that the job
 * cannot go on. Nothing holds more than it was given room for: items carry slabs of one bounded pool, and every queue
 * has a stated size. {@link io.stripeline.flow.Base} is what an earlier backup knows. {@link io.stripeline.flow.Job} is
 * what the stages of one job share.
 */
@NullMarked
package io.stripeline.flow;

import org.jspecify.annotations.NullMarked;
