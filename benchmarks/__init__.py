"""What each strategy costs, measured.

To read from top to bottom:

* what is measured: `operations/`, on the players of `people.py`, by a variant's own code
  (`through_django.py`) and by bare SQL (`baseline.py`); `targets.py` lists who does it, the
  `alternatives/` among them, and `databases.py` and `seeding.py` give each its databases. What
  these ask of PostgreSQL stands in an .sql file of the same name;
* how: `run.py` has a session of pytest for each target (`conftest.py`, `test_operations.py`), and
  `turns.py` starts them and lets them work in turn. In each, `worker.py` does the operations,
  `query_stats.py` counts what they send, `clock.py` times them. `expectations.py` holds the
  counts to what is committed;
* what comes of it: `results.py` writes one file, `run_file.py` and `provenance.py` say what is in
  it, `stats.py` what is noise. `report/` shows it, `compare_reports/` sets two side by side,
  `spread.py` several, and `publish.py` puts one into the README; their words and their markup
  stand in `report/templates/`;
* apart from that: `compare.py` and `compare_table.py` show what the shared suite counts, request
  by request; `ladder/` measures the source article's registration step by step, in turns too.

The words: a *target* is what is measured, and a file calls it a *subject*; the *baseline* is the
*floor* there. The *reference* is the custom user where it takes part; the *control* is the same a
second time. A *cell* is one operation of one subject at one size: it is counted, then timed in
*rounds*, in each of which every target has one *block* of calls.
"""
