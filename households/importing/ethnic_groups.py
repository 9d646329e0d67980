"""The 54 ethnic groups (list of the General Statistics Office, 1979) under their many spellings, as official codes."""

from functools import lru_cache

from rapidfuzz import fuzz, process

from households.importing.findings import Cell, Read, info, warning
from households.importing.texts import cell_text, is_blank
from posasoft.core.names import fold

_NAMES = {
    "01": "Kinh|Việt|Người Kinh",
    "02": "Tày|Thổ Tày|Ngạn|Phén|Thu Lao|Pa Dí",
    "03": "Thái|Tày Khao|Tày Đăm|Thái Trắng|Thái Đen|Tày Mười|Tày Thanh|Hàng Tổng|Pu Thay",
    "04": "Hoa|Hán|Người Hoa|Khách|Xạ Phang|Triều Châu|Quảng Đông|Hải Nam|Phúc Kiến",
    "05": "Khmer|Khơ me|Khơ-me|Khờ me|Khme|Khơ mer|Miên|Cur|Cul|Khơ me Krôm|Khơmer|Khmer Nam Bộ|Khome",
    "06": "Mường|Mol|Mual|Mọi|Ao Tá|Mường Bi",
    "07": "Nùng|Nùng An|Nùng Cháo|Nùng Phàn Slình|Nùng Inh|Nùng Lòi|Xuồng|Nùng Dín",
    "08": "Mông|H'Mông|Hmông|HMông|H Mông|Mèo|Mông Trắng|Mông Hoa|Mông Đen|Mông Đỏ|Mông Xanh|Na Miẻo|Mán Trắng|Hơ Mông"
    "|Hmong|Mẹo|H.Mông|Mông Đơ"
    "|Mông Lềnh|Mông Si|Hmôông|Mông (Mèo)",
    "09": "Dao|Mán|Động|Xá|Dìu Miền|Dao Đỏ|Dao Tiền|Dao Quần Chẹt|Dao Áo Dài|Dao Thanh Y|Lô Gang|Dao Quần Trắng|Dao Lô Gang",
    "10": "Gia Rai|Jrai|Gia-rai|Giơ Rai|Gi Rai|Chơ Rai|Jarai|Tơ Buăn|Hơbau|Hdrung|Chor|Giarai",
    "11": "Ngái|Xín|Lê|Đản|Khách Gia|Sán Ngái",
    "12": "Ê Đê|Ê-đê|Êđê|Ra Đê|Rhađê|Kpă|Adham|Krung|Đhôm|Bih|Mdhur|Ra-đê|Ede|Rađê|Ê đê Kpă",
    "13": "Ba Na|Bahnar|Ba-na|Bơ Nâm|Roh|Kon Kde|Ala Kông|Tơ Lô|Giơ Lâng|Gơ Lar|Rơ Ngao|Krem|Bana",
    "14": "Xơ Đăng|Xơ-đăng|Xơ Teng|Hđang|Tơ Đrá|Mơ Nâm|Ha Lăng|Ca Dong|Kmrâng|Con Lan|Bri La|Tang|Xê Đăng|Sê Đăng|Sơ Đăng"
    "|Sedang|Xêđăng|Ka Dong|Cadong",
    "15": "Sán Chay|Cao Lan|Sán Chỉ|Sán Chí|Mán Cao Lan|Hờn Bạn|Sán Chay (Cao Lan)|Cao Lan Sán Chí",
    "16": "Cơ Ho|Cơ-ho|K'Ho|Kơ Ho|Cờ Ho|Koho|Xrê|Nốp|Cơ Don|Chil|Lat|Lach|Tơ Ring|K'ho Chil|Srê|Kờ Ho",
    "17": "Chăm|Chàm|Chiêm Thành|Hroi|Chăm Hroi|H'roi|Chăm H'roi|Chà Và|Chăm Châu Đốc",
    "18": "Sán Dìu|Sán Dẻo|Trại Đất|Mán Quần Cộc|San Déo|Trại",
    "19": "Hrê|H'rê|Chăm Rê|Chom|Krẹ|Lũy|H rê|Re",
    "20": "Mnông|M'Nông|Mơ Nông|Pnông|Nông|Pré|Bu-đâng|Đipri|Biat|Gar|Rơ Lam|Mnông Gar|M nông|Bu Nông",
    "21": "Raglay|Raglai|Ra-glai|Ra Glay|Rag lay|Rag lai|Rai|Noang|La Oang|Ra Giai|Ra glai|Raclay|Rắc Lây",
    "22": "Xtiêng|X'tiêng|Stiêng|S'tiêng|Xa Điêng|Xa-điêng|X tiêng|S tiêng|Giẻ Xtiêng|Xtieng",
    "23": "Bru-Vân Kiều|Bru Vân Kiều|Vân Kiều|Bru|Măng Coong|Tri|Khùa|Vân-Kiều|Bru-V.Kiều|Ma Coong|Bru - Vân Kiều|Khùa Ma Coong",
    "24": "Thổ|Kẹo|Mọn|Cuối|Họ|Đan Lai|Ly Hà|Tày Pọng|Con Kha|Xá Lá Vàng|Li Hà",
    "25": "Giáy|Nhắng|Dẩng|Pầu Thìn|Nu Nà|Cùi Chu|Xa|Dáy|Giấy|Giẳng",
    "26": "Cơ Tu|Cơ-tu|Ca Tu|Cà Tu|Ka Tu|Katu|Cao|Hạ|Phương|Ca-tang|Kơ Tu|Cờ Tu|Catu|K'tu",
    "27": "Gié-Triêng|Gié Triêng|Giẻ Triêng|Giẻ-triêng|Dẻ Triêng|Đgiéh|Tareb|Giang Rẫy|Pin|Triêng|Treng|Ta-riêng|Ve|La-ve"
    "|Gié|Giẻ|Veh|Bnoong|Ta Riêng",
    "28": "Mạ|Châu Mạ|Mạ Ngăn|Mạ Xóp|Mạ Tô|Mạ Krung|Chau Mạ|Chô Mạ",
    "29": "Khơ Mú|Khơ-mú|Xá Cẩu|Mứn Xen|Pu Thênh|Tềnh|Tày Hay|Khờ Mú|Khơmú|Kh'mú|Kmụ|Khmú",
    "30": "Co|Cor|Kor|Col|Cùa|Trầu|Cua|Cùa Trầu|Ko",
    "31": "Tà Ôi|Tà-ôi|Tôi-ôi|Pa Co|Pa Cô|Pa-cô|Pa Hi|Ba Hi|Tôi ôi|Ta Ôi|Pa Kô|Pa Hy|Tà Ôi Pa Cô|Paco|Pacô",
    "32": "Chơ Ro|Chơ-ro|Chrau|Đơ-Ro|Châu Ro|Dơ Ro|Chơro|Chrâu",
    "33": "Kháng|Xá Khao|Xá Súa|Xá Dón|Xá Dẩng|Xá Hốc|Xá Ái|Xá Bung|Quảng Lâm",
    "34": "Xinh Mun|Xinh-mun|Puộc|Pụa|Xinhmun|Sinh Mun",
    "35": "Hà Nhì|U Ní|Xá U Ní|Hà Nhì Đen|Hà Nhì Hoa|Hà Nhì La Mí",
    "36": "Chu Ru|Chu-ru|Chơ Ru|Chu|Churu|Chru",
    "37": "Lào|Lào Bốc|Lào Nọi|Thay|Lào Thưng",
    "38": "La Chí|Cù Tê|La Quả|La Chi",
    "39": "La Ha|Xá Khao La Ha|Khlá Phlạo|La ha",
    "40": "Phù Lá|Bồ Khô Pạ|Mu Di Pạ|Phó|Phổ|Xá Phó|Vá Xơ|Phù La|Phú Lá",
    "41": "La Hủ|Lao|Pu Đang|Khù Xung|Cò Xung|Khả Quy|Xá Lá Vàng La Hủ|La Hù",
    "42": "Lự|Lừ|Nhuồn|Duôn|Lữ|Thái Lự",
    "43": "Lô Lô|Mun Di|Lô Lô Hoa|Lô Lô Đen|Mùn Di|Lolo|Lôlô",
    "44": "Chứt|Sách|May|Rục|Mã-liêng|A-rem|Tu vang|Pa-leng|Xơ-lang|Tơ-hung|Chà-củi|Tắc-củi|U-mo|Xá Lá Vàng Chứt|Mã Liềng|Arem",
    "45": "Mảng|Mảng Ư|Xá Lá Vàng Mảng",
    "46": "Pà Thẻn|Pà Hưng|Tống|Mèo Lài|Mèo Hoa|Mèo Đỏ|Bát Tiên Tộc|Pà then|Pà Thẻn (Pà Hưng)",
    "47": "Cơ Lao|Cơ-lao|Cờ Lao|Kờ Lao|Co Lao|Cơlao",
    "48": "Cống|Xắm Khống|Mấng Nhé|Xá Xeng|Công",
    "49": "Bố Y|Chủng Chá|Trọng Gia|Tu Dí|Tu Dìn|Pu Y|Bố-Y",
    "50": "Si La|Cù Dề Xừ|Khả pẻ|Xi La|Sila",
    "51": "Pu Péo|Ka Beo|Pen Ti Lô Lô|La Quả Pu Péo|Pu-péo|Ka Bèo",
    "52": "Brâu|Brao|Bờ Râu",
    "53": "Ơ Đu|Ơ-đu|Tày Hạt|O Đu|Ơđu|Iđuh",
    "54": "Rơ Măm|Rơ-măm|Rmăm|Rơ Mâm|Romam",
}
_PREFIXES = ("dan toc ", "nguoi ", "dt ")


def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, names in _NAMES.items():
        for name in names.split("|"):
            folded = fold(name)
            found.setdefault(folded, code)
            found.setdefault(folded.replace(" ", ""), code)
    return found


_CODE_OF = _spellings()
_CODES = frozenset(f"{number:02}" for number in range(1, 55))


def read_ethnicity(value: Cell) -> Read[str]:
    """Return the official code of an ethnic group; an unknown word gives None with a warning."""
    if value is None or is_blank(value):
        return Read(None)
    return _read(cell_text(value))


@lru_cache(maxsize=4096)
def _read(text: str) -> Read[str]:
    folded = fold(text)
    for prefix in _PREFIXES:
        folded = folded.removeprefix(prefix)
    if folded.isdigit():
        code = folded.zfill(2)
        return Read(code, (info(f"Mã dân tộc {code}"),)) if code in _CODES else _unknown(text)
    code_found = _CODE_OF.get(folded) or _CODE_OF.get(folded.replace(" ", ""))
    if code_found is None and ("(" in text or "," in text or "/" in text):
        code_found = _CODE_OF.get(fold(text.replace("/", "(").replace(",", "(").partition("(")[0]))
    if code_found is not None:
        return Read(code_found)
    return _closest(folded, text)


def _closest(folded: str, text: str) -> Read[str]:
    best = process.extract(folded, _CODE_OF.keys(), scorer=fuzz.ratio, score_cutoff=82, limit=3)
    codes = {_CODE_OF[spelling] for spelling, _, _ in best}
    if len(folded) >= 4 and len(codes) == 1:
        code = codes.pop()
        name = _NAMES[code].split("|")[0]
        return Read(code, (warning(f"“{text}” hiểu là dân tộc {name}"),))
    return _unknown(text)


def _unknown(text: str) -> Read[str]:
    return Read(None, (warning(f"Không nhận ra dân tộc “{text}”; để trống"),))
