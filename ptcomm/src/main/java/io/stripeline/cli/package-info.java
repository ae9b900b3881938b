/**
 * The {@code stripeline} command.
 *
 * <p>A <em>verb</em> is the first word on the command line: {@code backup}, {@code restore}... Each is one class that
 * parses its options, puts a pipeline together from the library's parts, and runs it in the <em>foreground</em>: with
 * progress on standard error beside it, and stopped by SIGINT and SIGTERM in such a way that the store stays valid.
 *
 * <p>Standard output carries the report or the listing that was asked for and nothing else; everything said meanwhile
 * goes to standard error. An exit code means one thing ({@link io.stripeline.cli.ExitCode}). A failure that people can
 * do something about is one sentence without a stack trace; {@code --debug} shows the trace of any.
 */
@NullMarked
package io.stripeline.cli;

import org.jspecify.annotations.NullMarked;
