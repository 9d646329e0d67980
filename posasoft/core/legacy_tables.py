"""Code tables of TCVN3 (TCVN 5712:1993, VN3), VNI for Windows and code page 1258, as text read in Latin-1."""

import unicodedata

_TCVN3_CODES = "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ¡¢§£¤¥¦"
_TCVN3_LETTERS = "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂĐÊÔƠƯ"
TCVN3 = dict(zip(_TCVN3_CODES, _TCVN3_LETTERS, strict=True))

# VNI writes a letter, then one sign for its tone, its shape, or both.
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_SINGLE = {"ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_SINGLE)
    table |= {base + sign: base + tone for base in "aeouy" for sign, tone in _VNI_TONES.items()}
    table |= {code + sign: letter + tone for code, letter in (("ô", "ơ"), ("ö", "ư")) for sign, tone in _VNI_TONES.items()}
    table |= {"a" + sign: "ă" + tone for sign, tone in _VNI_BREVE.items()}
    table |= {base + sign: shaped + tone for base, shaped in ("aâ", "eê", "oô") for sign, tone in _VNI_CIRCUMFLEX.items()}
    table |= {code[0].upper() + code[1:]: letter.upper() for code, letter in table.items()}
    table |= {code.upper(): letter.upper() for code, letter in table.items()}
    return {code: unicodedata.normalize("NFC", letter) for code, letter in table.items()}


VNI = _vni_table()

# Only the codes whose meaning differs from Latin-1; the five tones are combining marks after their vowel.
CP1258 = {
    "Ã": "Ă", "ã": "ă", "Ð": "Đ", "ð": "đ", "Õ": "Ơ", "õ": "ơ", "Ý": "Ư", "ý": "ư",
    "Ì": "\u0300", "Ò": "\u0309", "Þ": "\u0303", "ì": "\u0301", "ò": "\u0323",
}  # fmt: skip
