package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.wire.Status;

/**
 * A line of a backend for the job's log.
 *
 * @param status what kind
 * @param text without final newline; UTF-8 as far as it is
 */
public record Message(Status status, String text) {}
