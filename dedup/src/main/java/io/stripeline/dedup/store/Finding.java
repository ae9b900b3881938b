package io.stripeline.dedup.store;

/**
 * Something that check found.
 *
 * @param damage false for what is harmless: a pack that no index names yet
 * @param object name of the object
 * @param message says what and where
 */
public record Finding(boolean damage, String object, String message) {}
