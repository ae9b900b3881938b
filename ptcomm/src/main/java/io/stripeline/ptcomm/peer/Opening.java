package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.BackendSession.Start;
import io.stripeline.ptcomm.Cap;
import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Hello, Job, Params, Start, each acknowledged before the next. */
final class Opening {
    private final Wire wire;
    private final Dialect dialect;

    Opening(Wire wire, Dialect dialect) {
        this.wire = wire;
        this.dialect = dialect;
    }

    /** What was agreed on; the backend waits for the body, or speaks. */
    Extensions run(Start start, JobSettings settings, List<byte[]> parameters) throws IOException {
        hello();
        wire.command("Job");
        block(settings.commands(start));
        acknowledged(13, "the Job block");
        wire.command("Params");
        Extensions agreed = parameters(start, settings, parameters);
        wire.command(start.command());
        started(start);
        wire.body(
                !agreed.caps().isEmpty(),
                agreed.has(Cap.BATCH) && (start == Start.BACKUP || start == Start.RESTORE && agreed.has(Cap.ASYNC)));
        return agreed;
    }

    private void hello() throws IOException {
        wire.command("Hello stripeline 3");
        Packet answer = wire.read("the answer to Hello");
        if (!answer.is("Hello Bacula")) {
            throw wire.broken(12, "the answer to Hello must be 'Hello Bacula'");
        }
    }

    private void block(List<byte[]> commands) throws IOException {
        for (byte[] command : commands) {
            wire.command("", command);
        }
        wire.eod();
    }

    private void acknowledged(int rule, String what) throws IOException {
        if (wire.read("the acknowledgement of " + what).status() != Status.EOD) {
            throw wire.broken(rule, what + " is acknowledged by one EOD");
        }
    }

    private Extensions parameters(Start start, JobSettings settings, List<byte[]> parameters) throws IOException {
        for (byte[] one : parameters) {
            if (!dialect.ours() || !isReserved(one)) {
                wire.command("", one);
            }
        }
        if (settings.isAccurate(start)) {
            wire.command("Accurate=1");
        }
        boolean offered = !dialect.offer().caps().isEmpty();
        if (offered) {
            wire.command(dialect.offer().line());
        }
        wire.eod();
        Packet answer = wire.read("the acknowledgement of the parameters");
        if (answer.status() == Status.EOD) {
            return Extensions.NONE;
        }
        String key = Extensions.KEY + "=";
        if (!answer.startsWith(key)) {
            throw wire.broken(14, "the parameters are acknowledged by one EOD");
        }
        if (!offered) {
            throw wire.broken(14, "extensions are accepted that were not offered");
        }
        Extensions accepted = Extensions.parse(new String(answer.after(key), StandardCharsets.US_ASCII));
        for (Cap cap : accepted.caps()) {
            if (!dialect.offer().has(cap)) {
                throw wire.broken(14, cap.word() + " is accepted and was not offered");
            }
        }
        acknowledged(14, "the parameters, behind the accepted extensions,");
        return accepted;
    }

    private static boolean isReserved(byte[] parameter) {
        return parameter.length > 1 && (parameter[0] | 32) == 'x' && parameter[1] == '-';
    }

    private void started(Start start) throws IOException {
        Packet answer = wire.read("the acknowledgement of " + start.command());
        if (start != Start.RESTORE && answer.startsWith("STRIP:")) {
            answer = wire.read("the acknowledgement of " + start.command());
        }
        if (answer.status() != Status.EOD) {
            throw wire.broken(15, start.command() + " is acknowledged by one EOD");
        }
    }
}
