/**
 * The packets of PTCOMM, the protocol between a plugin in Bacula's File Daemon and its backend: codec only, no session,
 * no Reactor.
 *
 * <p>A packet is one ASCII letter ({@link io.stripeline.ptcomm.wire.Status}), six decimal digits of payload length, a
 * newline, the payload. {@link io.stripeline.ptcomm.wire.PacketReader} accepts exactly that and nothing else: the peer's
 * leniency loses data silently, so ours is none. {@link io.stripeline.ptcomm.wire.PacketWriter} gathers small packets
 * and passes file data on without copying it. {@link io.stripeline.ptcomm.wire.StatLine} and {@link
 * io.stripeline.ptcomm.wire.TimeLine} are the two attribute commands with a grammar of their own, {@link
 * io.stripeline.ptcomm.wire.NameEscape} the spelling of names that the peer would strip.
 *
 * <p>Memory is bounded by the largest payload, 999,999 bytes, whatever the peer sends.
 */
@NullMarked
package io.stripeline.ptcomm.wire;

import org.jspecify.annotations.NullMarked;
