-- The players of people.py: the same ones, by the same choices; a repository test compares the
-- two. OFFSET 0 keeps PostgreSQL from computing the digest anew for each column.
CREATE TEMPORARY TABLE people AS
SELECT number,
       username,
       lower(username) || '@example.com' AS email,
       a / 80 %% 50 <> 0 AS is_active,
       CASE WHEN b %% 10 <> 0 THEN name || '#' || number ELSE '' END AS discord_id,
       CASE WHEN b / 10 %% 2 <> 0 THEN name || '.zoom' || number ELSE '' END AS zoom_id,
       CASE WHEN c / %(days)s %% 20 <> 0 THEN %(epoch)s + c %% %(days)s END AS birthdate
FROM (
    SELECT *, CASE WHEN a / 20 %% 4 = 0 THEN initcap(name) ELSE name END || number AS username
    FROM (
        SELECT number, a, b, c, (%(names)s::text[])[a %% 20 + 1] AS name
        FROM (
            SELECT number,
                   ('x' || substr(digest, 1, 7))::bit(28)::int AS a,
                   ('x' || substr(digest, 8, 7))::bit(28)::int AS b,
                   ('x' || substr(digest, 15, 7))::bit(28)::int AS c
            FROM (
                SELECT number, md5(%(seed)s || ':' || number) AS digest
                FROM generate_series(1, %(players)s) AS number OFFSET 0
            ) AS digests OFFSET 0
        ) AS numbers
    ) AS named
) AS people;
ANALYZE people;
