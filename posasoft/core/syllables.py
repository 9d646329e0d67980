"""Which words can be Vietnamese syllables: initial consonant, rime, and a tone that the rime allows."""

import unicodedata
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_INITIALS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_OPEN_RIMES = """
a ai ao au ay am an ang anh  ăm ăn ăng  âm ân âng âu ây  e em en eo eng  ê êm ên ênh êu  i ia im in inh iu iêm iên iêng iêu
o oa oai oao oay oam oan oang oanh oăm oăn oăng oe oen oeo oi om on ong  ô ôi ôm ôn ông  ơ ơi ơm ơn
u ua uân uâng uây ue uê uênh uêu ui um un ung uôi uôm uôn uông uơ uơi uơn uy uya uyên uynh uyn uyu
ư ưa ưi ưm ưn ưng ươi ươm ươn ương ươu ưu  y yêm yên yêng yêu yn ynh
"""
_STOPPED_RIMES = """
ac ach ap at  ăc ăp ăt  âc âp ât  ec ep et  êch êp êt  ich ip it iêc iêp iêt  oac oach oap oat oăc oăt oet oc op ot
ôc ôp ôt  ơp ơt  uât uêch uc up ut uơt uôc uôt uyêt uych uyt uyp  ưc ưt ươc ươp ươt  ych yêt yt
"""
_ALL_INITIALS = frozenset(["", *_INITIALS.split()])
_RIMES = {**dict.fromkeys(_OPEN_RIMES.split(), True), **dict.fromkeys(_STOPPED_RIMES.split(), False)}
# A syllable that ends in c, ch, p, t has only the sharp or the heavy tone.
_TONES_BEFORE_STOP = ("\u0301", "\u0323")


_SHAPED_VOWELS = "ăâêôơư"
# Both habits are found: hoà and hòa, khoẻ and khỏe, thuý and thúy.
_TWO_HABITS = ("oa", "oe", "uy", "ue")


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether `word` (any case, any normal form) is a possible Vietnamese syllable with its tone mark on a vowel that can bear it."""
    letters: list[str] = []
    tones: list[tuple[str, int]] = []
    for character in unicodedata.normalize("NFD", word.lower()):
        if character in _TONES:
            tones.append((character, len(letters) - 1))
        elif unicodedata.combining(character) and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + character)
        else:
            letters.append(character)
    if len(tones) > 1:
        return False
    tone, bearer = tones[0] if tones else ("", -1)
    text = "".join(letters)
    return any(_fits(text[:size], text[size:], tone, bearer - size) for size in range(4))


def _fits(initial: str, rime: str, tone: str, bearer: int) -> bool:
    if initial not in _ALL_INITIALS:
        return False
    if initial == "gi" and not rime:
        return not tone or bearer == -1
    if rime not in _RIMES or (tone and bearer not in _bearers(rime)):
        return False
    return _RIMES[rime] or tone in _TONES_BEFORE_STOP


@lru_cache(maxsize=512)
def _bearers(rime: str) -> tuple[int, ...]:
    """Positions in the rime that may carry the tone mark."""
    vowels = rime.rstrip("bcdghmnpt")
    shaped = [position for position, letter in enumerate(vowels) if letter in _SHAPED_VOWELS]
    if shaped:
        return (shaped[-1],)
    if len(vowels) == 2 and vowels == rime:
        return (0, 1) if vowels in _TWO_HABITS else (0,)
    return (0,) if len(vowels) == 1 else (1,)
