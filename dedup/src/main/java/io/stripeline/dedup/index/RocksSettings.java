package io.stripeline.dedup.index;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteOptions;

/**
 * How RocksDB is used here: in memory of fixed size, whatever the size of the index. Filters and block indexes are cut into
 * blocks that live in the one cache, since whole ones would be larger than that: ten bits a chunk. Ids cannot be compressed.
 * Owns native memory; the library has to be loaded before.
 */
final class RocksSettings implements AutoCloseable {
    private static final long CACHE_BYTES = 32 << 20;
    private static final long MEMTABLE_BYTES = 32 << 20;
    private static final int MEMTABLES = 2;
    private static final int BITS_PER_CHUNK = 10;
    private static final int OPEN_FILES = 256;

    private final LRUCache cache = new LRUCache(CACHE_BYTES);
    private final BloomFilter bloom = new BloomFilter(BITS_PER_CHUNK);
    private final WriteOptions writing = new WriteOptions().setDisableWAL(true);
    private final Options options = new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(MEMTABLE_BYTES)
            .setMaxWriteBufferNumber(MEMTABLES)
            .setMaxBackgroundJobs(2)
            .setMaxOpenFiles(OPEN_FILES)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(1)
            .setTableFormatConfig(new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setFilterPolicy(bloom)
                    .setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPartitionFilters(true)
                    .setCacheIndexAndFilterBlocks(true)
                    .setPinTopLevelIndexAndFilter(true));

    Options options() {
        return options;
    }

    WriteOptions writing() {
        return writing;
    }

    @Override
    public void close() {
        options.close();
        writing.close();
        bloom.close();
        cache.close();
    }
}
