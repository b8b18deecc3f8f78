"""The prints as pictures: compared with approved ones, letter by letter, in black and white, and with large letters.

`python -m tests.pictures approve` draws the nine prints anew; look at them before they are committed.
"""
