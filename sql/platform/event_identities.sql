-- Purpose:    ids that the lake counts, so that a later copy within the horizon is known as a repeat
-- Grain:      one row per counted event of a stream with identity, or more that say the same; a view that is pinned at a
--             tidemark looks at those below it
-- Written by: functions/batch (registerIdentities), from the pinned lake table, before a version is published; what is lost,
--             by functions/batch/rebuild
-- Retention:  by weeks of the record's timestamp, dropped when the lake is complete a horizon and 30 days beyond them:
--             it follows what the lake has reached and not the clock, because after an outage of any length the records
--             that waited must still be compared with the ids from before it
CREATE TABLE IF NOT EXISTS tidemark.event_identities
(
    stream LowCardinality(String) COMMENT 'Stream',
    event_id String COMMENT 'Id that the producer gave, as text',
    id_hash UInt32 MATERIALIZED toUInt32(cityHash64(event_id)) COMMENT 'What the id is looked up by: a ninth of its bytes',
    `_partition` Int32 COMMENT 'Kafka partition of the counted record',
    `_offset` Int64 COMMENT 'Kafka offset of the counted record',
    `_timestamp` DateTime64(3, 'UTC') COMMENT 'Kafka timestamp of the counted record',
    content String COMMENT 'Equal for equal content, see the stream''s descriptor'
)
-- Plain: a version that is registered again leaves copies that say the same, and the user query reads what replaces with
-- FINAL, which would cost at each lookup.
ENGINE = MergeTree
-- What is older than the horizon is not even looked at; dropping a week is cheap.
PARTITION BY (stream, toMonday(`_timestamp`))
-- Looked up by the hash of the id; the id and the position make it the record's identity.
ORDER BY (stream, id_hash, event_id, `_partition`, `_offset`)
-- A hot tail looks up thousands of ids at once: with small granules it would spend more on the primary key than on rows.
SETTINGS index_granularity = 1024
COMMENT 'One row per counted event of a stream whose events carry an id'
