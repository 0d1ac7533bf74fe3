"""Made-up secrets that can be found again in any form.

A canary's text is `<core>/+ "é<tail>`: two random words around characters that base64, URLs and JSON write differently. Each
word is looked for alone, so that a canary cut in the middle, quoted or escaped is found as well.
"""

import base64
import hashlib

WORD = 16
MIDDLE = '/+ "é'
HEADER_MIDDLE = "/+&=%"  # for what travels in headers


class Canary:
    def __init__(self, name, middle=MIDDLE):
        """`middle`: for places that do not take every character."""
        self.name = name
        digest = base64.b32encode(hashlib.sha512(name.encode()).digest()).decode()
        self.words = [digest[:WORD], digest[WORD:2 * WORD].lower()]
        self.text = middle.join(self.words)


def base64_cores(data):
    """What base64 makes of `data`, wherever it stands: the part that does not depend on its neighbours, for each of the
    three places in a group that its first byte can have."""
    cores = []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data)
        first = -(-before * 8 // 6)  # letters that hold bits of what stands before
        last = (before + len(data)) * 8 // 6  # letters that hold bits of nothing else
        cores.append(whole[first:last])
    return cores


def forms(word):
    """Every way a word may be written: (name of the form, bytes in lower case if case does not matter, exact)."""
    data = word.encode()
    yield "plain", data, False
    yield "hex", data.hex().encode(), False
    yield "URL", "".join(f"%{byte:02x}" for byte in data).encode(), False
    yield "UTF-16", word.encode("utf-16-le"), True
    for core in base64_cores(data):
        yield "base64", core, True
        yield "base64", base64.b64encode(core)[:-4], True  # encoded twice
    yield "reversed", data[::-1], False


class Finder:
    def __init__(self, canaries):
        self.needles = []
        for canary in canaries:
            for word in canary.words:
                for form, needle, exact in forms(word):
                    self.needles.append((canary.name, form, needle if exact else needle.lower(), exact))
                    # A beginning of it is too much as well: messages get cut.
                    if form == "plain":
                        self.needles.append((canary.name, "a part", needle[:8].lower(), False))

    def find(self, data):
        """Names of the canaries in `data`, each with the form it was found in."""
        small = data.lower()
        found = {}
        for name, form, needle, exact in self.needles:
            at = (data if exact else small).find(needle)
            if at >= 0 and name not in found:
                found[name] = (form, data[max(0, at - 60):at + 60])
        return found
