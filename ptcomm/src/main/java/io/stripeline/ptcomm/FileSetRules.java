package io.stripeline.ptcomm;

import io.stripeline.flow.Job;
import io.stripeline.flow.Problem;
import io.stripeline.flow.Progress.Counter;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.ProtocolException;
import io.stripeline.ptcomm.wire.Status;
import io.stripeline.ptcomm.wire.Text;
import io.stripeline.scan.Gate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The FileSet's wild, regex and exclude rules, which bacula-fd never applies to a plugin's items by itself: asked for
 * each name before it is saved, and for a directory before it is entered. A directory is asked about without a slash at
 * its end, as bacula-fd does for its own.
 *
 * <p>With {@link Cap#ACCEPT} the names of a batch are one question, else each is one; all of a batch are asked before
 * the first answer is waited for. Thread-safe.
 */
public final class FileSetRules implements Gate {
    /** Of one question; an answer is a byte a name. */
    private static final int QUESTION_BYTES = 256 << 10;

    /** What a packet can carry of a name, in a question as in an item, with room for what stands beside it. */
    private static final int MOST_NAME_BYTES = 256 << 10;

    private final BackendSession session;
    private final RawPath root;
    private final Job job;
    private final boolean batches;

    /**
     * @param root absolute path of the tree that is scanned
     * @param job is told of names that are too long for the protocol, which are left out
     */
    public FileSetRules(BackendSession session, RawPath root, Job job) {
        this.session = session;
        this.root = root;
        this.job = job;
        this.batches = session.extensions().has(Cap.ACCEPT);
    }

    @Override
    public void ask(InodeBatch rows, BitSet taken, BitSet entered) {
        WireNames names = new WireNames(root, session.extensions());
        try {
            if (batches) {
                askAtOnce(rows, names, taken);
            } else {
                askEach(rows, names, taken);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the plugin was asked", stopped);
        }
    }

    private void askAtOnce(InodeBatch rows, WireNames names, BitSet taken) throws IOException, InterruptedException {
        List<CompletableFuture<Packet>> answers = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        ByteArrayOutputStream question = new ByteArrayOutputStream();
        int asked = 0;
        BitSet askable = askable(rows, names);
        for (int row = askable.nextSetBit(0); row >= 0; row = askable.nextSetBit(row + 1)) {
            question.writeBytes(Integer.toOctalString(rows.mode(row)).getBytes(StandardCharsets.US_ASCII));
            question.write(' ');
            question.writeBytes(names.path(rows.dir(row), rows.name(row)).toBytes());
            question.write(0);
            asked++;
            if (askable.nextSetBit(row + 1) < 0 || question.size() >= QUESTION_BYTES) {
                byte[] bytes = question.toByteArray();
                answers.addAll(session.ask(
                        out -> {
                            out.command("X-ACCEPT");
                            out.data(ByteBuffer.wrap(bytes));
                        },
                        1));
                counts.add(asked);
                asked = 0;
                question.reset();
            }
        }
        taken.clear();
        int row = askable.nextSetBit(0);
        for (int i = 0; i < answers.size(); i++) {
            Packet answer = Questions.join(answers.get(i));
            byte[] verdicts = answer.payload();
            if (answer.status() != Status.DATA || verdicts.length != counts.get(i)) {
                throw new ProtocolException(
                        "The plugin answers X-ACCEPT of " + counts.get(i) + " names with " + answer);
            }
            for (byte verdict : verdicts) {
                taken.set(row, verdict == '1');
                row = askable.nextSetBit(row + 1);
            }
        }
    }

    private void askEach(InodeBatch rows, WireNames names, BitSet taken) throws IOException, InterruptedException {
        Text text = new Text();
        BitSet askable = askable(rows, names);
        List<CompletableFuture<Packet>> answers = session.ask(
                out -> {
                    for (int row = askable.nextSetBit(0); row >= 0; row = askable.nextSetBit(row + 1)) {
                        out.command(text.start("ACCEPT:").add(names.name(rows.dir(row), rows.name(row), false)));
                        RowLines.write(out, text, rows, row);
                    }
                },
                askable.cardinality());
        taken.clear();
        int next = 0;
        for (int row = askable.nextSetBit(0); row >= 0; row = askable.nextSetBit(row + 1)) {
            taken.set(row, RowLines.isFirst(Questions.join(answers.get(next++)), "OK", "SKIP"));
        }
    }

    /** Rows whose names fit into a packet; the others are reported, and what is below them is not entered. */
    private BitSet askable(InodeBatch rows, WireNames names) {
        BitSet out = new BitSet(rows.size());
        out.set(0, rows.size());
        for (int row = 0; row < rows.size(); row++) {
            int length = names.length(rows.dir(row), rows.name(row));
            if (length > MOST_NAME_BYTES) {
                out.clear(row);
                job.progress().add(Counter.FAILED, 1);
                job.problems()
                        .add(new Problem(
                                beginning(rows.path(row)), // no message carries all of it
                                Problem.Severity.ERROR,
                                "name too long",
                                "a path of " + length
                                        + " bytes that begins so is not saved, nor what is below it:"
                                        + " Bacula's plugins carry " + MOST_NAME_BYTES + ". Move it up, or save a"
                                        + " directory of it as a path= of its own"));
            }
        }
        return out;
    }

    private static RawPath beginning(RawPath path) {
        return RawPath.of(Arrays.copyOf(path.toBytes(), Math.min(path.length(), 200)));
    }
}
