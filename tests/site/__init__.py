"""The documentation as a website: `python -m tests.site` builds it from the pages that a git host shows, and checks it.

The pages stay plain Markdown. `staging.py` copies them to another folder, with the links of the site, `markdown.py`
adapts what the generator reads differently from a git host, and `links.py` checks every link of the result.
"""
