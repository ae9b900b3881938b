package io.stripeline.ptcomm.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation as text: a line for each packet, direction, header, two blanks, payload. {@code \n}, {@code \xHH} and
 * {@code \\} stand for bytes; three dots at the end for a repetition of what is before them up to the header's length.
 */
public record Transcript(List<Step> steps) {
    /** One packet. */
    public record Step(boolean fromPlugin, byte[] bytes, String line) {}

    public static Transcript of(String resource) {
        try (InputStream in = Transcript.class.getResourceAsStream("/ptcomm-transcripts/" + resource)) {
            List<Step> steps = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.startsWith("#")) {
                    steps.add(step(line));
                }
            }
            return new Transcript(steps);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static Step step(String line) {
        String header = line.substring(3, 10);
        int length = Integer.parseInt(header.substring(1));
        String text = line.length() > 12 ? line.substring(12) : "";
        boolean repeated = text.endsWith("...");
        byte[] once = bytes(repeated ? text.substring(0, text.length() - 3) : text);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((header + "\n").getBytes(StandardCharsets.US_ASCII));
        if (!repeated && once.length != length) {
            throw new IllegalArgumentException(once.length + " bytes in " + line);
        }
        for (int i = 0; i < length; i++) {
            out.write(once[i % once.length]);
        }
        return new Step(line.startsWith("P> "), out.toByteArray(), line);
    }

    private static byte[] bytes(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.write(c);
            } else if (text.charAt(++i) == 'x') {
                out.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.write(text.charAt(i) == 'n' ? '\n' : '\\');
            }
        }
        return out.toByteArray();
    }
}
