"""A nightly run of `retthjem population screen`, read while the server serves: what registers say of those in hospital.

Begin with `kept.py`, which keeps the newest run; `run.py` reads one, `matching.py` finds its people in the record, and
`waiting.py` says who of them waits to be screened, to someone who may see them.
"""
