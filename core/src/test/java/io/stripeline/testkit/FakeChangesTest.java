package io.stripeline.testkit;

import io.stripeline.Volume;
import io.stripeline.inode.Timestamp;
import org.junit.jupiter.api.Nested;

/** The fake's changes keep the contract, however they are told. */
class FakeChangesTest {
    abstract static class Told extends ChangeContract {
        private final FakeChanges.Facts facts;
        private long seconds = 1_700_000_000;

        Told(FakeChanges.Facts facts) {
            this.facts = facts;
        }

        @Override
        protected Volume volume(Tree tree) {
            FakeVolume volume = FakeVolume.of(tree).shuffled(5);
            volume.tellChanges().facts(facts);
            return volume;
        }

        private FakeVolume later(Volume volume) {
            return ((FakeVolume) volume).now(new Timestamp(seconds++, 0));
        }

        @Override
        protected void write(Volume volume, String path, Content content) {
            later(volume).write(path, content);
        }

        @Override
        protected void chmod(Volume volume, String path, int mode) {
            later(volume).chmod(path, mode);
        }

        @Override
        protected void add(Volume volume, String parent, Tree node) {
            later(volume).add(parent, node);
        }

        @Override
        protected void remove(Volume volume, String path) {
            later(volume).remove(path);
        }

        @Override
        protected void rename(Volume volume, String from, String to) {
            later(volume).rename(from, to);
        }

        @Override
        protected boolean lose(Volume volume, int n) {
            ((FakeVolume) volume).tellChanges().lose(n);
            return true;
        }
    }

    @Nested
    class ByIdentity extends Told {
        ByIdentity() {
            super(FakeChanges.Facts.IDENTITIES);
        }
    }

    @Nested
    class ByPath extends Told {
        ByPath() {
            super(FakeChanges.Facts.PATHS);
        }
    }

    @Nested
    class MixedAndTwice extends Told {
        MixedAndTwice() {
            super(FakeChanges.Facts.MIXED);
        }

        @Override
        protected Volume volume(Tree tree) {
            Volume volume = super.volume(tree);
            ((FakeVolume) volume).tellChanges().twice();
            return volume;
        }
    }
}
