-- Retail events and store operations.
CREATE DATABASE IF NOT EXISTS retail COMMENT 'Retail events and store operations'
