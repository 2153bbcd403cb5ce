-- What seeding.py asks, by name. Most make the statements that it then runs.

-- sequences: those of the tables' columns go on after the last row
SELECT format('SELECT setval(%%L, (SELECT max(%%I) FROM %%s))', sequence, attname, t)
FROM unnest(%(tables)s::regclass[]) AS t
JOIN pg_attribute ON attrelid = t AND attnum > 0,
pg_get_serial_sequence(t::text, attname) AS sequence
WHERE sequence IS NOT NULL;

-- constraints: how to drop and make the tables' keys, and those that point to them
-- Foreign keys come first, for they hang on the others.
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype IN ('f', 'p', 'u')
  AND (conrelid = ANY (%(tables)s::regclass[]) OR confrelid = ANY (%(tables)s::regclass[]))
ORDER BY contype;

-- indexes: how to drop and make them, once the keys have gone
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY (%(tables)s::regclass[]);

-- autovacuum: stays away
SELECT format('ALTER TABLE %I SET (autovacuum_enabled = off)', relname)
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace;

-- samples: three million rows are all of most tables, so ANALYZE cannot draw another sample
-- On one unique column alone it does not slow down planning.
SELECT format('ALTER TABLE %I ALTER COLUMN %I SET STATISTICS 10000', relname, attname)
FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE indisprimary AND relkind = 'r' AND relnamespace = 'public'::regnamespace;

-- unsettled: pages that VACUUM has not found visible to all
SELECT relname, relpages, relallvisible
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relallvisible < relpages;

-- index: how to drop a table's, found by how PostgreSQL writes its columns: most bear a hash
SELECT format('DROP INDEX %%I', indexname)
FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = %(table)s
  AND right(indexdef, length(%(columns)s)) = %(columns)s;

-- storage: bytes on disk of all tables that have rows, and of their indexes
SELECT t.relname, pg_table_size(t.oid), coalesce(
    json_object_agg(i.relname, pg_relation_size(i.oid) ORDER BY i.relname)
    FILTER (WHERE i.oid IS NOT NULL), '{}')
FROM pg_class t
LEFT JOIN pg_index ON indrelid = t.oid
LEFT JOIN pg_class i ON i.oid = indexrelid
WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace AND t.reltuples > 0
GROUP BY t.oid, t.relname
ORDER BY t.relname;
