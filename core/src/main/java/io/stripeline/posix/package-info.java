/**
 * The binding to the C library: system calls on raw bytes and raw addresses.
 *
 * <p>Words: a <em>descriptor</em> is a plain int that somebody must close ({@link io.stripeline.posix.Fd} where it has an
 * owner of its own); a <em>name</em> or <em>path</em> is bytes without NUL, never decoded; an <em>address</em> is native
 * memory, usually of a direct buffer ({@link io.stripeline.posix.NativeMemory}) that the caller keeps reachable during
 * the call.
 *
 * <p>By idea: {@link io.stripeline.posix.Posix} opens, lists and stats; {@link io.stripeline.posix.FileIo} reads and
 * writes content; {@link io.stripeline.posix.Namespace} makes and removes names; {@link io.stripeline.posix.Metadata}
 * sets owners, modes and times; {@link io.stripeline.posix.Xattrs}, {@link io.stripeline.posix.InodeFlags}, {@link
 * io.stripeline.posix.StatFs}, {@link io.stripeline.posix.Accounts} and {@link io.stripeline.posix.Processes} say it in
 * their names.
 *
 * <p>Promises: a failing call throws {@link io.stripeline.posix.PosixException}, except the {@code try...} forms, which
 * return {@code -errno}; EINTR is retried inside; a library that cannot be loaded is an {@link IllegalStateException},
 * never a {@link LinkageError}, which Reactor would take for the death of the JVM; with assertions on, no call runs on
 * a Reactor thread that must not block. All methods may be called from any other thread.
 *
 * <p>Linux on x86-64, aarch64 and ppc64le. Offsets and constants are those of the kernel's headers; a test compiles a C
 * program and compares.
 */
@NullMarked
package io.stripeline.posix;

import org.jspecify.annotations.NullMarked;
