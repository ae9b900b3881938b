package io.stripeline.dedup.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkerTest {
    private static final Gear GEAR = new Gear(new byte[32]);

    private static byte[] input(long seed, int length) {
        byte[] out = new byte[length];
        new Random(seed).nextBytes(out);
        return out;
    }

    private static List<Integer> cuts(ChunkSizes sizes, byte[] input, Random split) {
        Chunker chunker = new Chunker(sizes, GEAR);
        List<Integer> out = new ArrayList<>();
        byte[] copy = new byte[input.length];
        int[] at = {0};
        for (int from = 0; from < input.length; ) {
            int n = Math.min(1 + split.nextInt(200_000), input.length - from);
            ByteBuffer piece = ByteBuffer.allocateDirect(n).put(input, from, n).flip();
            chunker.feed(piece, chunk -> take(chunk, copy, at, out));
            assertThat(piece.remaining()).isZero();
            from += n;
        }
        chunker.finish(chunk -> take(chunk, copy, at, out));
        assertThat(copy).isEqualTo(input);
        return out;
    }

    private static void take(ByteBuffer chunk, byte[] copy, int[] at, List<Integer> out) {
        int n = chunk.remaining();
        chunk.get(copy, at[0], n);
        at[0] += n;
        out.add(n);
    }

    /** The format page's words, byte by byte. */
    private static List<Integer> naive(ChunkSizes sizes, byte[] input) {
        int bits = Integer.numberOfTrailingZeros(sizes.averageBytes());
        List<Integer> out = new ArrayList<>();
        int start = 0;
        long fp = 0;
        for (int i = 0; i < input.length; i++) {
            int length = i - start + 1;
            boolean cut = length == sizes.maxBytes();
            if (length > sizes.minBytes()) {
                fp = (fp << 1) + GEAR.table[input[i] & 0xFF];
                int zeros =
                        length <= sizes.averageBytes() ? bits + sizes.normalisation() : bits - sizes.normalisation();
                cut |= fp >>> (64 - zeros) == 0;
            }
            if (cut) {
                out.add(length);
                start = i + 1;
                fp = 0;
            }
        }
        if (start < input.length) {
            out.add(input.length - start);
        }
        return out;
    }

    @Test
    void cutsAreTheFormatsWhateverTheSplit() {
        ChunkSizes small = new ChunkSizes(64, 256, 2048, 2);
        for (int seed = 0; seed < 20; seed++) {
            byte[] input = input(seed, 400_000);
            Arrays.fill(input, 100_000, 110_000, (byte) 0);
            Random random = new Random(seed);
            assertThat(cuts(small, input, random)).isEqualTo(naive(small, input));
            assertThat(cuts(ChunkSizes.DEFAULT, input, random)).isEqualTo(naive(ChunkSizes.DEFAULT, input));
        }
    }

    @Test
    void averageIsNearWhatWasAskedFor() {
        List<Integer> cuts = cuts(ChunkSizes.DEFAULT, input(1, 32 << 20), new Random(1));
        assertThat((32 << 20) / cuts.size()).isBetween(56 << 10, 88 << 10);
    }

    @Test
    void anInsertionMovesFewCuts() {
        byte[] input = input(2, 4 << 20);
        byte[] longer = new byte[input.length + 1];
        System.arraycopy(input, 0, longer, 0, 1 << 20);
        System.arraycopy(input, 1 << 20, longer, (1 << 20) + 1, input.length - (1 << 20));
        List<Integer> before = naive(ChunkSizes.DEFAULT, input);
        List<Integer> after = cuts(ChunkSizes.DEFAULT, longer, new Random(2));
        assertThat(after.subList(after.size() - 20, after.size()))
                .isEqualTo(before.subList(before.size() - 20, before.size()));
    }

    @Test
    void cutsOfThisSeedNeverChange() {
        assertThat(cuts(ChunkSizes.DEFAULT, input(42, 600_000), new Random(0))).isEqualTo(GOLDEN);
    }

    private static final List<Integer> GOLDEN = List.of(67726, 64884, 81101, 85164, 90614, 66250, 64429, 79832);
}
