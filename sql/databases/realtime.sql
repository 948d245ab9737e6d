-- User events as they are now: their hot table, every event once, and one-minute windows.
CREATE DATABASE IF NOT EXISTS realtime COMMENT 'User events: hot table, unified views, one-minute windows'
