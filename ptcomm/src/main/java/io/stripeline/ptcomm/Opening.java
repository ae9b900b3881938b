package io.stripeline.ptcomm;

import io.stripeline.ptcomm.BackendSession.Start;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a plugin says before the body of a session: greeting, job, parameters, and what is to be done. */
record Opening(JobBlock job, Parameters parameters, Extensions extensions, Start start) {
    /** Before anything was said. */
    static final Opening NONE =
            new Opening(JobBlock.parse(List.of()), new Parameters(List.of()), Extensions.NONE, Start.BACKUP);

    private static final String API = "3";

    /** Reads it and answers all but the start command. */
    static Opening read(BackendSession session, Extensions known) throws IOException {
        PacketReader in = session.reader();
        greet(in);
        session.write(to -> to.command("Hello Bacula"));
        JobBlock job = JobBlock.parse(block(in, "Job"));
        session.acknowledge();
        Parameters all = Parameters.parse(block(in, "Params"));
        Extensions agreed = all.last(Extensions.KEY)
                .map(Extensions::parse)
                .orElse(Extensions.NONE)
                .and(known);
        session.write(to -> {
            if (!agreed.caps().isEmpty()) {
                to.command(agreed.line());
            }
            to.eod();
        });
        Parameters own = new Parameters(all.all().stream()
                .filter(one -> !one.key().equalsIgnoreCase(Extensions.KEY))
                .toList());
        return new Opening(job, own, agreed, start(in));
    }

    private static void greet(PacketReader in) throws IOException {
        String[] words = command(in, "Hello").split(" ", -1);
        if (words.length != 3 || !words[0].equals("Hello") || !words[2].equals(API)) {
            throw new ProtocolException("The plugin says '" + String.join(" ", words) + "'; this backend understands "
                    + "'Hello <name> " + API + "': install the plugin and the backend of one release");
        }
    }

    private static List<byte[]> block(PacketReader in, String name) throws IOException {
        String title = command(in, name);
        if (!title.equals(name)) {
            throw new ProtocolException("Expected the " + name + " block and got '" + title + "'");
        }
        return in.block(name);
    }

    private static Start start(PacketReader in) throws IOException {
        String word = command(in, "a start command");
        for (Start one : Start.values()) {
            if (one.command().equals(word)) {
                return one;
            }
        }
        throw new ProtocolException("Expected a start command and got '" + word + "'");
    }

    private static String command(PacketReader in, String what) throws IOException {
        Packet packet = in.expect(what);
        if (packet.status() != Status.COMMAND) {
            throw new ProtocolException("Expected " + what + " and got " + packet);
        }
        return new String(packet.command(), StandardCharsets.UTF_8);
    }
}
