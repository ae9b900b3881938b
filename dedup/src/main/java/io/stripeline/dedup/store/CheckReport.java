package io.stripeline.dedup.store;

/** What check went through. */
public record CheckReport(long packs, long indexFiles, long chunks, long roots, long damaged) {}
