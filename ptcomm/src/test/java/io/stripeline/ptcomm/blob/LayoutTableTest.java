package io.stripeline.ptcomm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stripeline.layout.Layout;
import io.stripeline.snapshot.FormatException;
import io.stripeline.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LayoutTableTest {
    private final List<String> warnings = new ArrayList<>();

    private static Layout opaque(int number, int bytes) {
        return new Layout.Opaque("lustre.lov", Arrays.copyOf(("layout " + number).getBytes(), bytes));
    }

    @Seeds(30)
    void whatWasAddedIsFound(SplittableRandom random) {
        RandomBlobs blobs = new RandomBlobs(random);
        LayoutCollector collector = new LayoutCollector(warnings::add);
        Map<Layout, Long> added = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            Layout layout = blobs.layout();
            long id = collector.add(layout);
            assertThat(id).isNotEqualTo(LayoutTable.NONE).isEqualTo(LayoutTable.id(layout));
            assertThat(added.put(layout, id)).isIn(null, id);
        }
        LayoutTable table = LayoutTable.decode(collector.objects());
        assertThat(table.size()).isEqualTo(collector.size()).isEqualTo(added.size());
        added.forEach((layout, id) -> assertThat(table.layout(id)).isEqualTo(layout));
        assertThat(table.layout(LayoutTable.NONE)).isNull();
        assertThat(warnings).isEmpty();
    }

    @Test
    void theSameLayoutsMakeTheSameObjectsInAnyOrder() {
        List<Layout> layouts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            layouts.add(opaque(i, 100));
        }
        LayoutCollector one = new LayoutCollector(warnings::add);
        layouts.forEach(one::add);
        Collections.shuffle(layouts, new Random(3));
        LayoutCollector other = new LayoutCollector(warnings::add);
        layouts.forEach(other::add);
        assertThat(other.objects()).isEqualTo(one.objects());
    }

    @Test
    void aLargeTableIsSeveralObjects() {
        LayoutCollector collector = new LayoutCollector(warnings::add);
        for (int i = 0; i < 2_000; i++) {
            collector.add(opaque(i, 1_500));
        }
        List<RestoreObject> objects = new ArrayList<>(collector.objects());
        assertThat(objects).hasSizeGreaterThan(5);
        assertThat(objects).allMatch(object -> object.bytes().length < 512 << 10 && object.bytes().length >= 2);
        assertThat(objects).allMatch(object -> object.name().matches("stripeline-layouts\\.[0-9a-f]{32}"));
        assertThat(objects.stream().map(RestoreObject::name)).doesNotHaveDuplicates();
        objects.addAll(List.copyOf(objects)); // of a Virtual Full
        objects.add(new RestoreObject("RestoreOptions", "[plugin]".getBytes()));
        assertThat(LayoutTable.decode(objects).size()).isEqualTo(2_000);
    }

    @Test
    void memoryIsBoundedAndItIsSaidOnce() {
        LayoutCollector collector = new LayoutCollector(warnings::add, 10);
        for (int i = 0; i < 100; i++) {
            long id = collector.add(opaque(i, 20));
            assertThat(id == LayoutTable.NONE).isEqualTo(i >= 10);
        }
        assertThat(collector.add(opaque(3, 20))).isEqualTo(LayoutTable.id(opaque(3, 20)));
        assertThat(warnings).singleElement().asString().contains("more than 10 distinct layouts");
        assertThat(LayoutTable.decode(collector.objects()).size()).isEqualTo(10);
    }

    @Test
    void bytesAreBoundedToo() {
        LayoutCollector collector = new LayoutCollector(warnings::add);
        assertThat(collector.add(opaque(1, 200_000))).isEqualTo(LayoutTable.NONE);
        int with = 0;
        for (int i = 0; i < 400; i++) {
            with += collector.add(opaque(i, 120_000)) == LayoutTable.NONE ? 0 : 1;
        }
        assertThat(with).isBetween(270, 280);
        assertThat(warnings).singleElement().asString().contains("too long");
        assertThat(collector.objects()).allMatch(object -> object.bytes().length < 512 << 10);
    }

    @Test
    void noLayoutsAreNoObject() {
        assertThat(new LayoutCollector(warnings::add).objects()).isEmpty();
    }

    @Test
    void foreignObjectsAreIgnored() {
        LayoutTable table = new LayoutTable();
        assertThat(table.merge(new RestoreObject("RestoreOptions", new byte[100])))
                .isFalse();
        assertThat(table.merge(new RestoreObject("", new byte[0]))).isFalse();
        assertThat(table.size()).isZero();
    }

    @Test
    void aDamagedObjectIsNamed() {
        LayoutCollector collector = new LayoutCollector(warnings::add);
        collector.add(new Layout.Striped(1 << 20, 4, "flash"));
        collector.add(opaque(1, 60));
        RestoreObject good = collector.objects().get(0);
        for (int i = 0; i < good.bytes().length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = good.bytes().clone();
                damaged[i] ^= (byte) (1 << bit);
                assertRefused(good.name(), damaged);
            }
            assertRefused(good.name(), Arrays.copyOf(good.bytes(), i));
        }
        assertRefused(good.name(), Arrays.copyOf(good.bytes(), good.bytes().length + 1));
    }

    private static void assertRefused(String name, byte[] bytes) {
        LayoutTable table = new LayoutTable();
        assertThatThrownBy(() -> table.merge(new RestoreObject(name, bytes)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(name);
        assertThat(table.size()).isZero();
    }

    @Seeds(40)
    void damageUnderARightChecksumIsRefusedOrAnotherTable(SplittableRandom random) {
        RandomBlobs blobs = new RandomBlobs(random);
        LayoutCollector collector = new LayoutCollector(warnings::add);
        for (int i = 0; i < 5; i++) {
            collector.add(blobs.layout());
        }
        byte[] good = collector.objects().get(0).bytes();
        int refused = 0;
        for (int i = Envelope.BYTES; i < good.length; i++) {
            byte[] damaged = good.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            Envelope.TABLE.seal(damaged, Envelope.WHOLE, Envelope.crcOf(damaged, Envelope.BYTES));
            try {
                assertThat(LayoutTable.decode(List.of(new RestoreObject("x", damaged)))
                                .size())
                        .isBetween(0, 6);
            } catch (FormatException expected) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
