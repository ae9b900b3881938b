package io.stripeline.ptcomm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.stripeline.ptcomm.wire.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The blocks of a session against any commands, which are separated by NUL here. */
class JobFuzzTest {
    private static final AllocationBound BOUND = new AllocationBound(64 << 10, 256);

    private static List<byte[]> commands(byte[] bytes) {
        List<byte[]> commands = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == 0) {
                commands.add(Arrays.copyOfRange(bytes, from, i));
                from = i + 1;
            }
        }
        return commands;
    }

    static Stream<byte[]> blocks() {
        return Stream.of(
                        "Name=job.2026-11-25_10.00.00_03\0JobID=7\0Type=B\0Level=I\0Since=1795343600",
                        "Type=R\0Where=\0RegexWhere=!a!b!\0Replace=w",
                        "Type=E\0level=D\0JobID=\0",
                        "path=/a b\0Path=/\u00ff=\0shard=1/4\0abort_on_error\0=\0X-SLX=1 meta tally",
                        "JobID=x")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("blocks")
    @FuzzTest(maxDuration = "60s")
    void job(byte[] bytes) throws Exception {
        List<byte[]> block = commands(bytes);
        BOUND.assertHolds(bytes.length, () -> JobBlock.parse(block));
        try {
            JobBlock job = JobBlock.parse(block);
            assertThat(job.toString()).isNotEmpty();
            assertThat(job.name().length()).isLessThanOrEqualTo(bytes.length);
        } catch (ProtocolException refused) {
            assertThat(refused.getMessage()).startsWith("Job key ");
        }
    }

    @MethodSource("blocks")
    @FuzzTest(maxDuration = "60s")
    void parameters(byte[] bytes) throws Exception {
        List<byte[]> commands = commands(bytes);
        BOUND.assertHolds(bytes.length, () -> Parameters.parse(commands));
        Parameters parameters = Parameters.parse(commands);
        assertThat(parameters.all()).hasSize(commands.size());
        for (Parameters.Parameter one : parameters.all()) {
            assertThat(parameters.each(one.key())).contains(one.value());
            assertThat(parameters.lastBytes(one.key())).isPresent();
            parameters.isSet(one.key());
            assertThat(one.toString()).contains("=");
            Extensions extensions = Extensions.parse(one.text());
            assertThat(Extensions.parse(extensions.line().substring(Extensions.KEY.length() + 1)))
                    .isEqualTo(extensions);
        }
    }
}
