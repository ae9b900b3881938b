/**
 * A store for embedded use: backups of trees, deduplicated, in one directory.
 *
 * <p>{@link io.stripeline.dedup.DedupStore} is the door: {@code backup} gives the sink of a backup, {@code base} what
 * earlier backups know, {@code restore} the source of a restore. A <em>snapshot</em> is one root in the store; the
 * shards of one backup are a <em>set</em> that is named by its set id, and acts as one once it is complete. A
 * <em>partial</em> snapshot is what a run that has not ended, or crashed, has made durable: never the latest, but a
 * second parent for the next try.
 *
 * <p>What is acknowledged is durable. Nothing here blocks the threads of others: streams run on bounded threads of
 * their own.
 */
@NullMarked
package io.stripeline.dedup;

import org.jspecify.annotations.NullMarked;
