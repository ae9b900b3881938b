package io.stripeline.ptcomm.peer;

import io.stripeline.ptcomm.Extensions;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a conversation went.
 *
 * @param result in one word
 * @param failure why it did not come to its end, with the packet; null where it did
 * @param cause what this side threw, for example a receiver; null where it was the backend
 * @param agreed extensions in force
 * @param messages of the backend, the first {@link #MESSAGES_KEPT}
 * @param messageCounts of all, by status
 * @param answers of a query, one per packet
 * @param observed what the backend did
 * @param ending how the backend ended
 */
public record JobReport(
        Result result,
        @Nullable String failure,
        @Nullable Throwable cause,
        Extensions agreed,
        List<Message> messages,
        Map<Status, Long> messageCounts,
        List<byte[]> answers,
        Observed observed,
        Ending ending) {
    /** Of more messages only the number is known. */
    public static final int MESSAGES_KEPT = 10_000;

    /** What became of the job. */
    public enum Result {
        /** It came to its end, and the backend reported no error. */
        OK,
        /** It came to its end, with files that failed. */
        WITH_ERRORS,
        /** The backend ended it. */
        ABORTED,
        /** The backend broke the protocol. */
        VIOLATION,
        /** The backend went away or was silent too long. */
        LOST,
        /** It was cancelled. */
        CANCELLED,
        /** This side hung up, as its conduct says, or could not go on. */
        BROKEN_OFF
    }

    /**
     * What a backend did, as far as the protocol leaves it free, and what it took.
     *
     * @param packets of the backend
     * @param sent packets to the backend
     * @param items files, restore objects and plugin objects
     * @param dataBytes of files
     * @param fileIndex of the last item; objects and options of the plugin and deletions count
     * @param shortData packets of file data, but the last of each piece, that are no multiple of 64 KiB
     * @param longestSilenceNanos between two packets while the plugin waited
     * @param comparedCounts whether the last question before the end was the FileIndex
     */
    public record Observed(
            long packets,
            long sent,
            long items,
            long dataBytes,
            long fileIndex,
            long shortData,
            long longestSilenceNanos,
            boolean comparedCounts) {}

    /** Texts of one kind of message. */
    public List<String> texts(Status status) {
        return messages.stream()
                .filter(one -> one.status() == status)
                .map(Message::text)
                .toList();
    }

    public boolean isComplete() {
        return result == Result.OK || result == Result.WITH_ERRORS;
    }

    /** This report, or what it says as an exception where the conversation did not come to its end. */
    public JobReport orThrow() throws IOException {
        if (!isComplete()) {
            throw new IOException(result + ": " + failure, cause);
        }
        return this;
    }

    /** For messages. */
    @Override
    public String toString() {
        return result + (failure == null ? "" : ": " + failure) + "; " + observed + "; " + ending + "; "
                + messageCounts + " "
                + messages.stream().limit(20).map(Message::text).toList();
    }
}
