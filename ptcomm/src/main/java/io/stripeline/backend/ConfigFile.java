package io.stripeline.backend;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import io.stripeline.program.Nearest;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.Parameters;
import io.stripeline.ptcomm.Parameters.Parameter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Defaults for all jobs of this host: a TOML file with the keys of the plugin command, lists where a key may repeat. It
 * is {@code config=} of the command; else {@code stripeline.toml} beside bacula-fd.conf; else {@value #STANDARD}, where
 * there is one. Tuning belongs here: a changed plugin command makes the next job a full one.
 */
final class ConfigFile {
    private static final String STANDARD = "/etc/stripeline/stripeline.toml";
    private static final long MOST_BYTES = 1 << 20;

    private ConfigFile() {}

    static Parameters of(BackendSession session) {
        String named = session.parameters().last(Key.CONFIG.word()).orElse("");
        if (!named.isEmpty()) {
            return read(Path.of(named));
        }
        String directory = new String(session.job().configDirectory(), StandardCharsets.UTF_8);
        List<Path> places = directory.startsWith("/")
                ? List.of(Path.of(directory, "stripeline.toml"), Path.of(STANDARD))
                : List.of(Path.of(STANDARD));
        for (Path place : places) {
            if (Files.exists(place)) {
                return read(place);
            }
        }
        return new Parameters(List.of());
    }

    /** Reads one; the message of what is wrong names file, line and key. */
    static Parameters read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new JobOptions.Bad(file + " is larger than " + MOST_BYTES + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                return new Parameters(List.of());
            }
            try (JsonParser in = new TomlFactory().createParser(bytes)) {
                return parameters(file, in);
            }
        } catch (NoSuchFileException missing) {
            throw new JobOptions.Bad("config=" + file + ": there is no such file");
        } catch (JsonProcessingException wrong) {
            throw new JobOptions.Bad(
                    file + ", line " + wrong.getLocation().getLineNr() + ": " + wrong.getOriginalMessage());
        } catch (IOException failed) {
            throw new JobOptions.Bad("The configuration file cannot be read: " + failed.getMessage());
        }
    }

    private static Parameters parameters(Path file, JsonParser in) throws IOException {
        List<Parameter> out = new ArrayList<>();
        expect(file, in, in.nextToken(), JsonToken.START_OBJECT);
        for (String word = in.nextFieldName(); word != null; word = in.nextFieldName()) {
            String name = word;
            Key key = Key.of(name).filter(Key::isForFiles).orElseThrow(() -> unknown(file, name));
            boolean list = in.nextToken() == JsonToken.START_ARRAY;
            for (JsonToken value = list ? in.nextToken() : in.currentToken();
                    value != JsonToken.END_ARRAY;
                    value = list ? in.nextToken() : JsonToken.END_ARRAY) {
                if (value == null || value.isStructStart()) {
                    throw new JobOptions.Bad(file + ": " + name + " is a table; expected a value or a list of values");
                }
                out.add(new Parameter(key.word(), in.getText().getBytes(StandardCharsets.UTF_8)));
            }
        }
        return new Parameters(out);
    }

    private static void expect(Path file, JsonParser in, @Nullable JsonToken token, JsonToken expected) {
        if (token != expected) {
            throw new JobOptions.Bad(file + " is no table of keys and values (line "
                    + in.currentLocation().getLineNr() + ")");
        }
    }

    private static JobOptions.Bad unknown(Path file, String word) {
        if (Key.of(word).isPresent()) {
            return new JobOptions.Bad(file + ": " + word + " belongs into the plugin command of a job");
        }
        List<String> nearest = Nearest.to(word, Key.words());
        return new JobOptions.Bad(file + ": unknown key " + word
                + (nearest.isEmpty() ? "" : "; did you mean " + String.join(" or ", nearest) + "?"));
    }
}
