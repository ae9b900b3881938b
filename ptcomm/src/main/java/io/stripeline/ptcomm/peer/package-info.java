/**
 * The plugin's side of PTCOMM: what a plugin in Bacula's File Daemon does with a backend, without the daemon. For tests of
 * backends, and for programs that want to drive one.
 *
 * <p>A {@link io.stripeline.ptcomm.peer.PluginPeer} holds one conversation over a {@link
 * io.stripeline.ptcomm.peer.BackendLink}: two channels, or a process of its own. Its {@link
 * io.stripeline.ptcomm.peer.Dialect} says whether it speaks as the stock plugin library does or with our extension. What
 * a backup brings goes to a {@link io.stripeline.ptcomm.peer.Receiver}; {@link io.stripeline.ptcomm.peer.Recording} is
 * one that keeps it like a volume, for {@link io.stripeline.ptcomm.peer.Replay} to play back. What the daemon would
 * answer, FileSet and accurate list, is a {@link io.stripeline.ptcomm.peer.FileDaemon}. How it went is a {@link
 * io.stripeline.ptcomm.peer.JobReport}.
 *
 * <p>Unlike the stock library it forgives nothing: the stock plugin drops the rest of a backup on most mistakes and the
 * job still ends well, so each deviation from the grammar ends the conversation here, with the number of the rule and
 * the packet. Refused are also the short cuts by which a plugin reads the file system itself ({@code PIPE}, {@code
 * STAT:/path}, {@code INCLUDE}), since this one has none.
 *
 * <p>Blocking, one thread; memory is bounded by one packet, one item's metadata and whatever the receiver keeps.
 */
@NullMarked
package io.stripeline.ptcomm.peer;

import org.jspecify.annotations.NullMarked;
