-- User events by day, and as a star schema.
CREATE DATABASE IF NOT EXISTS gold COMMENT 'User events: daily figures and the star schema, live'
