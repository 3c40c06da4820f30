"""The documentation as a website: `python -m tests.site` builds it from the pages that a git host shows, and checks it.

The pages stay plain Markdown. `staging.py` copies them to another folder, with the links of the site, `markdown.py`
adapts what the generator reads differently from a git host, and `links.py` checks every link of the result.

The generator is Zensical, by the authors of Material for MkDocs, which it replaces: that one gets only fixes and needs
MkDocs 1, which is not maintained. Both need a script from another host to search without a web server; `worker.js`
takes its place. Sphinx reads the Markdown of a git host without changes, but its search is a separate page.
"""
