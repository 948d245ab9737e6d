-- Purpose:    storage of retail.daily_sales_summary: what ranges of snapshots added, segment by segment
-- Grain:      one row per segment, day, store, category and transaction type
-- Written by: functions/batch/refresh-gold
-- Retention:  none; a segment that no published view names is dead weight
CREATE TABLE IF NOT EXISTS retail.daily_sales_summary_gold
(
    segment UUID COMMENT 'One attempt to add a range of snapshots; views name the segments that they read',
    first_snapshot UInt64 COMMENT 'First snapshot that the segment covers',
    last_snapshot UInt64 COMMENT 'Last snapshot that the segment covers',
    date Date COMMENT 'Day of the event, UTC',
    store_id Int32 COMMENT 'Store',
    category LowCardinality(String) COMMENT 'Category',
    transaction_type LowCardinality(String) COMMENT 'SALE, RETURN or RESTOCK',
    transaction_count UInt64 COMMENT 'Events',
    total_quantity Int64 COMMENT 'Units',
    total_revenue Decimal(38, 4) COMMENT 'Sum of quantity times unit_price',
    total_unit_price Decimal(38, 4) COMMENT 'Sum of unit_price, to derive its average'
)
ENGINE = MergeTree
-- A view reads whole segments.
ORDER BY (segment, date, store_id, category, transaction_type)
COMMENT 'One row per segment, day, store, category and transaction type'
