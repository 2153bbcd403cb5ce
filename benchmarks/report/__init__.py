"""A run of the benchmarks as a report: HTML to read, Markdown to quote, CSV to reckon with.

`python -m benchmarks.report [RUN.json] [--output FOLDER]`, or `nox -s report`, writes all three.
`model.py` is the run; `sentences.py` and `tables.py` say what is said in more than one place,
the site and the README among them; markup and most prose stand in `templates/`.
"""
