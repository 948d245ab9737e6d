-- Pinned lake tables: `lake.<stream>_v<N>` reads metadata version N of the stream's Iceberg table, for ever the same rows.
CREATE DATABASE IF NOT EXISTS lake COMMENT 'One pinned table per published snapshot of the Iceberg lake'
