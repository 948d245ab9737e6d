-- Platform tables: dead letters, run log, publications, floors.
CREATE DATABASE IF NOT EXISTS tidemark COMMENT 'Platform: dead letters, run log, publications'
