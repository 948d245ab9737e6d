-- Purpose: dead letters with what has become of each
-- Grain:   one row per (topic, partition, offset)
-- Reads:   tidemark.dead_letters, tidemark.dead_letter_log
CREATE OR REPLACE VIEW tidemark.dead_letters_by_state
(
    stream LowCardinality(String) COMMENT 'Stream that refused the record',
    topic LowCardinality(String) COMMENT 'Kafka topic',
    `_partition` UInt32 COMMENT 'Kafka partition',
    `_offset` UInt64 COMMENT 'Kafka offset',
    `_timestamp` DateTime64(3, 'UTC') COMMENT 'Kafka timestamp of the record',
    reason LowCardinality(String) COMMENT 'Reason code, see layers/domains/reason-codes.ts',
    detail String COMMENT 'What exactly, naming the field',
    key Nullable(String) COMMENT 'Original bytes of the key',
    value Nullable(String) COMMENT 'Original bytes of the value',
    headers Array(Tuple(name String, value_base64 Nullable(String))) COMMENT 'Headers in their order, values as base64',
    first_seen DateTime64(3, 'UTC') COMMENT 'When a layer first refused it',
    state String COMMENT 'open, replayed or discarded',
    is_pending Bool COMMENT 'A replay of it has begun, and nobody has looked yet how it ended',
    comment String COMMENT 'Why it was replayed or discarded',
    acted_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was',
    new_partition Nullable(UInt32) COMMENT 'Kafka partition of the replayed record',
    new_offset Nullable(UInt64) COMMENT 'Kafka offset of the replayed record, where known'
) SQL SECURITY DEFINER AS
SELECT
    letter.stream AS stream,
    letter.topic AS topic,
    letter._partition AS `_partition`,
    letter._offset AS `_offset`,
    letter._timestamp AS `_timestamp`,
    letter.reason AS reason,
    letter.detail AS detail,
    letter.key AS key,
    letter.value AS value,
    letter.headers AS headers,
    letter.first_seen AS first_seen,
    multiIf(done.replayed > 0, 'replayed', done.discarded > 0, 'discarded', 'open') AS state,
    (done.replayed = 0 AND done.begun > done.returned)::Bool AS is_pending,
    done.last_comment AS comment,
    done.last_at AS acted_at,
    done.replayed_partition AS new_partition,
    done.replayed_offset AS new_offset
FROM
(
    SELECT stream, topic, _partition, _offset, _timestamp, reason, detail, key, value, headers, first_seen
    FROM tidemark.dead_letters FINAL
) AS letter
LEFT JOIN
(
    SELECT
        stream,
        topic,
        _partition,
        _offset,
        countIf(action = 'replayed') AS replayed,
        countIf(action = 'discarded') AS discarded,
        uniqExactIf(attempt, action = 'begun') AS begun,
        uniqExactIf(attempt, action = 'returned') AS returned,
        argMaxIf(dead_letter_log.comment, at, action IN ('replayed', 'discarded')) AS last_comment,
        maxOrNullIf(at, action IN ('replayed', 'discarded')) AS last_at,
        anyIf(dead_letter_log.new_partition, action = 'replayed') AS replayed_partition,
        anyIf(dead_letter_log.new_offset, action = 'replayed') AS replayed_offset
    FROM tidemark.dead_letter_log
    GROUP BY stream, topic, _partition, _offset
) AS done USING (stream, topic, _partition, _offset)
COMMENT 'One row per dead letter, with what has become of it'
