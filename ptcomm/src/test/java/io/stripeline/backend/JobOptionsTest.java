package io.stripeline.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.Shard;
import io.stripeline.inode.RawPath;
import io.stripeline.ptcomm.Parameters;
import io.stripeline.write.RestorePlan.Overwrite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JobOptionsTest {
    private static final Parameters NOTHING = new Parameters(List.of());

    private static Parameters words(String... words) {
        return Parameters.parse(Arrays.stream(words)
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toList());
    }

    private static JobOptions options(String... words) {
        return new JobOptions(words(words), NOTHING);
    }

    @Test
    void pathsAreAbsoluteSeveralAndApart() {
        assertThat(options("path=/a/", "path=/b").paths()).containsExactly(RawPath.of("/a"), RawPath.of("/b"));
        assertThat(options("path=/").paths()).containsExactly(RawPath.of("/"));
        assertThatThrownBy(() -> options().paths()).hasMessageContaining("has no path=");
        assertThatThrownBy(() -> options("path=a").paths()).hasMessageContaining("path=/a");
        assertThatThrownBy(() -> options("path=/a", "path=/a/b").paths()).hasMessageContaining("overlap");
        assertThat(options("path=/a", "path=/a-b").paths()).hasSize(2);
    }

    @Test
    void theCommandOutranksTheFile() {
        JobOptions both = new JobOptions(words("workers=7"), words("workers=9", "read_ahead=128"));
        assertThat(both.workers()).isEqualTo(7);
        assertThat(both.readAhead()).isEqualTo(128);
        assertThat(options("workers=7", "workers=8").workers()).isEqualTo(8);
    }

    @Test
    void shards() {
        assertThat(options().shard()).isEqualTo(Shard.ALL);
        assertThat(options("shard=3/8").shard()).isEqualTo(new Shard(3, 8, Shard.By.SUBTREE));
        assertThat(options("shard=3/8", "shard_by=hash").shard()).isEqualTo(new Shard(3, 8, Shard.By.HASH));
    }

    @ParameterizedTest
    @CsvSource({
        "shard=0/4, 1 <= i <= n",
        "shard=5/4, 1 <= i <= n",
        "shard_by=colour, hash or subtree",
        "workers=many, a number from 0 to 1024",
        "workers=9999, a number from 0 to 1024",
        "one_fs=perhaps, yes or no",
        "rate=fast, for example 200M",
        "xattrs=some, yes or no",
        "mode=metadata, metadata-only jobs are not in this release",
        "on_change=retry, sent again by the next job",
        "dedup=s3://x, not in this release",
        "incremental=changelog, 'auto, time or native'",
        "layout=maybe, yes or no",
        "overwrite=sometimes, 'always, newer, older or never'",
        "exclude_dir_containing=a/b, without slashes",
        "exclude_dir_containing=, without slashes"
    })
    void whatMakesNoSenseIsNamed(String word, String says) {
        JobOptions options = options("path=/a", word);
        assertThatThrownBy(() -> {
                    options.checkKnown();
                    options.scan();
                    options.throttle();
                    options.attributes();
                    options.incremental();
                })
                .isInstanceOf(JobOptions.Bad.class)
                .hasMessageContaining(word.substring(0, word.indexOf('=')))
                .hasMessageContaining(says);
    }

    @Test
    void aRestoreOverwritesAsTheConsoleSaysElseAsTheJobDoes() {
        assertThat(options().overwrite()).isEmpty();
        assertThat(options("overwrite=").overwrite()).isEmpty();
        assertThat(options("overwrite=never").overwrite()).contains(Overwrite.NEVER);
        assertThat(options("overwrite=never", "overwrite=Older").overwrite()).contains(Overwrite.OLDER);
    }

    @Test
    void filesystemsThatAreEntered() {
        assertThat(options().fsTypes()).isEmpty();
        assertThat(options("fs_types=ext4,xfs").fsTypes()).containsExactlyInAnyOrder("ext4", "xfs");
        assertThat(options().saysFileSystems()).isFalse();
        assertThat(options("one_fs=no").saysFileSystems()).isTrue();
        assertThat(options("fs_types=xfs").saysFileSystems()).isTrue();
        assertThatThrownBy(() -> DirectoryRules.check(RawPath.of("/proc"), options("fs_types=ext4,xfs")))
                .hasMessageContaining("path=/proc is on proc");
        DirectoryRules.check(RawPath.of("/proc"), options("fs_types=proc"));
    }

    /** A command that the backend refuses would be copied into a FileSet all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"conf.d.examples/shards.conf", "README.md", "add-job", "../../ptcomm/docs/bacula.md"})
    void commandsOfTheExamplesAreGood(String file) throws Exception {
        List<String> commands = Pattern.compile("\"stripeline: ([^\"]+)\"")
                .matcher(Files.readString(Path.of("../examples/bacula", file)))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(commands).isNotEmpty();
        for (String command : commands) {
            Parameters parameters = words(command.split(" ", -1));
            JobOptions options = new JobOptions(parameters, NOTHING);
            options.checkKnown();
            assertThat(options.paths()).isNotEmpty();
            assertThat(options.scan()).isNotNull();
            assertThat(parameters.all())
                    .as(command)
                    .allMatch(one -> Key.of(one.key()).isPresent() || Key.isOfThePlugin(one.key()));
        }
    }

    @Test
    void theShardsOfTheExampleAreOneWhole() throws Exception {
        List<Shard> shards = Pattern.compile("shard=(\\S+/\\S+)\"")
                .matcher(Files.readString(Path.of("../examples/bacula/conf.d.examples/shards.conf")))
                .results()
                .map(match -> options("shard=" + match.group(1)).shard())
                .toList();
        assertThat(shards).hasSize(4).doesNotHaveDuplicates().allMatch(shard -> shard.count() == 4);
    }

    @Test
    void theFileIsToml(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("stripeline.toml");
        Files.writeString(
                file, "# tuning\nworkers = 32\nrate = \"200M\"\nexclude = [\"*.tmp\", \"/scratch\"]\none_fs = true\n");
        JobOptions options = new JobOptions(words("path=/a"), ConfigFile.read(file));
        assertThat(options.workers()).isEqualTo(32);
        assertThat(options.scan().excludes()).hasSize(2);
        assertThat(options.scan().oneFileSystem()).isTrue();
        Files.writeString(file, "");
        assertThat(ConfigFile.read(file)).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @CsvSource({
        "workesr = 3, did you mean workers?",
        "path = '/a', belongs into the plugin command",
        "'workers =\nrate=', line 1",
        "[workers], is a table",
        "nonsense = 1, unknown key nonsense"
    })
    void whatIsWrongInTheFileIsNamed(String text, String says, @TempDir Path directory) throws Exception {
        Path file = directory.resolve("stripeline.toml");
        Files.writeString(file, text);
        assertThatThrownBy(() -> ConfigFile.read(file))
                .isInstanceOf(JobOptions.Bad.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(says);
    }

    @Test
    void aFileThatIsNotThereIsAnError(@TempDir Path directory) {
        assertThatThrownBy(() -> ConfigFile.read(directory.resolve("none.toml")))
                .hasMessageContaining("there is no such file");
    }
}
