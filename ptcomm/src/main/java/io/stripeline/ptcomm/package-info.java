/**
 * Conversations with a plugin in Bacula's File Daemon, from the backend's side: a session, a sink for backups, a source
 * for restores.
 *
 * <p>A {@link io.stripeline.ptcomm.BackendSession} is one conversation from its greeting to the end of the stream. What
 * stock PTCOMM cannot carry is agreed on as {@link io.stripeline.ptcomm.Extensions}; with a stock peer there are none,
 * and nothing is sent that it would not understand. The sink takes the same items as the store, the source gives the
 * same items as the store, so one scan, one reader and one writer serve both.
 *
 * <p>The failure of one file is a message and a number; only what makes the rest pointless ends the job.
 */
@NullMarked
package io.stripeline.ptcomm;

import org.jspecify.annotations.NullMarked;
