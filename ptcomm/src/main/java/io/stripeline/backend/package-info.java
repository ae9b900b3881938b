/**
 * The process {@code stripeline-backend}: what the plugin in Bacula's File Daemon starts for each job, and talks PTCOMM
 * with over standard input and output.
 *
 * <p>One process is one {@link io.stripeline.ptcomm.BackendSession}, so one job. Options come from the plugin command and
 * from a configuration file with the same names. What goes wrong with one file is a message in the job's log and is tried
 * again by the next incremental; what makes a job pointless ends it with one clear line.
 *
 * <p>Standard output belongs to the protocol, and standard error of the plugin stays silent: the launcher points ours to a
 * file.
 */
@NullMarked
package io.stripeline.backend;

import org.jspecify.annotations.NullMarked;
