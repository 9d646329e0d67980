"""Which words can be Vietnamese syllables: initial consonant, rime, and a tone that the rime allows."""

import unicodedata
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_INITIALS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_OPEN_RIMES = """
a ai ao au ay am an ang anh  ăm ăn ăng  âm ân âng âu ây  e em en eo eng  ê êm ên ênh êu  i ia im in inh iu iêm iên iêng iêu
o oa oai oao oay oam oan oang oanh oăm oăn oăng oe oen oeo oi om on ong oong  ô ôi ôm ôn ông ôông  ơ ơi ơm ơn
u ua uân uâng uây ue uê uênh uêu ui um un ung uôi uôm uôn uông uơ uơi uơn uy uya uyên uynh uyn uyu
ư ưa ưi ưm ưn ưng ươi ươm ươn ương ươu ưu  y yêm yên yêng yêu yn ynh
"""
_STOPPED_RIMES = """
ac ach ap at  ăc ăp ăt  âc âp ât  ec ep et  êch êp êt  ich ip it iêc iêp iêt  oac oach oap oat oăc oăt oet oc ooc op ot
ôc ôp ôt  ơp ơt  uât uêch uc up ut uơt uôc uôt uyêt uych uyt uyp  ưc ưt ươc ươp ươt  ych yêt yt
"""
_ALL_INITIALS = frozenset(["", *_INITIALS.split()])
_RIMES = {**dict.fromkeys(_OPEN_RIMES.split(), True), **dict.fromkeys(_STOPPED_RIMES.split(), False)}
# A syllable that ends in c, ch, p, t has only the sharp or the heavy tone.
_TONES_BEFORE_STOP = ("\u0301", "\u0323")


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether `word` (any case, any normal form) is a possible Vietnamese syllable with its tone mark."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [character for character in decomposed if character in _TONES]
    letters = unicodedata.normalize("NFC", "".join(character for character in decomposed if character not in _TONES))
    return len(tones) <= 1 and any(_fits(letters[:size], letters[size:], tones) for size in range(4))


def _fits(initial: str, rime: str, tones: list[str]) -> bool:
    if initial not in _ALL_INITIALS:
        return False
    if initial == "gi" and not rime:
        return True
    if rime not in _RIMES:
        return False
    return _RIMES[rime] or (bool(tones) and tones[0] in _TONES_BEFORE_STOP)
