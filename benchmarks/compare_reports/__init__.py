"""Set one run against another: what agrees, what differs beyond noise.

`nox -s compare_reports` sets your last run against the published one, `-- MINE.json` another of
yours, `-- A.json B.json` any two. A is the older of the two in all that is said.

Each figure gets one of three verdicts: it agrees, it differs beyond noise, or it is not
comparable, and why. No absolute time is compared. The rules:

* statements, round_trips, the plans' node types and indexes, and on the ladder statements,
  commits, hashes and round_trips: equal, whatever the machines and the versions.
* fk_checks and rows: equal; not comparable under different seeds, whose players differ.
  For operations on all players (`Operation.heavy`) that holds for every figure.
* buffers and temp_blocks: equal up to 100,000 players, above within 5 %. Not comparable under
  different seeds, major versions of PostgreSQL, or PLANNING settings.
* wal_bytes: within 2 %, where buffers could be compared and neither server writes page images.
* The paired ratio of CPU to the reference (of the client's alone where one run could not see the
  backend's): `benchmarks.stats` says what differs. It takes three rounds and an A/A control in
  both runs, and the same reference.
"""
