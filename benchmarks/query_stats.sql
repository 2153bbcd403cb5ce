-- What query_stats.py asks, by name.

-- start: explain every statement of this connection, and count it at the server
LOAD 'auto_explain';
SET auto_explain.log_analyze = on;
SET auto_explain.log_buffers = on;
SET auto_explain.log_format = json;
SET auto_explain.log_level = notice;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_timing = off;
SET pg_stat_statements.track = 'all';
SET pg_stat_statements.track_utility = on;
SET auto_explain.log_min_duration = 0;

-- end: explain no more
SET auto_explain.log_min_duration = -1;

-- reset: forget what was counted in a database
SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = %(database)s;

-- counted: in a database, by statement
SELECT query, toplevel, calls, rows, shared_blks_hit + shared_blks_read,
       temp_blks_read + temp_blks_written, wal_bytes
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = %(database)s);
