"""Flips one bit of state.db, in the last byte of a text that stands there; in each copy of it that SQLite may have left."""
import sys

data = bytearray(open("state.db", "rb").read())
text = sys.argv[1].encode()
other = text[:-1] + bytes([text[-1] ^ 1])
at = [i for i in range(len(data)) if data[i:i + len(text)] in (text, other)]
assert at, "the text is not there"
for i in at:
    data[i + len(text) - 1] ^= 1
open("state.db", "wb").write(data)
