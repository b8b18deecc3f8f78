"""The pages in a real browser: every page and state without a barrier, and the whole way home from first to last.

Begin with `pages.py` (which pages there are) and `test_whole_pathway.py`. Each process starts one server and one
browser; every test begins from the same filled demo, so none depends on another.
"""
