"""Makes workbooks as communes keep them, and records what was meant, cell by cell."""

import datetime as dt
import random
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from posasoft.core.legacy_tables import TCVN3, VNI
from tests.importing.invented import DEGREES, TYPES, Family, Human

HEADINGS: dict[str, list[str]] = {
    "no": ["STT", "TT", "Số TT"],
    "name": [
        "Họ và tên chủ hộ/ thành viên",
        "Họ và tên",
        "Họ tên",
        "HỌ VÀ TÊN",
        "Họ, tên chủ hộ và các thành viên",
        "Họ và tên thành viên trong hộ",
    ],
    "relation": ["Quan hệ với chủ hộ", "QH với chủ hộ", "Quan hệ", "Mối quan hệ với chủ hộ", "QUAN HỆ VỚI\nCHỦ HỘ"],
    "born": ["Ngày, tháng, năm sinh", "Ngày sinh", "Năm sinh", "NTNS", "Ngày tháng năm sinh"],
    "sex": ["Giới tính", "Giới", "Nam/Nữ", "GT"],
    "ethnicity": ["Dân tộc", "DÂN TỘC", "Dân tộc (ghi rõ)", "DT"],
    "national_id": ["Số CCCD/ĐDCN", "CMND/CCCD", "Mã định danh", "Số định danh cá nhân", "Số CMND/CCCD/ĐDCN", "Căn cước công dân"],
    "village": ["Thôn/Tổ dân phố", "Thôn, bản", "Xóm", "Ấp", "Địa chỉ (thôn, xóm)", "Khu phố", "Thôn/bản/TDP"],
    "poverty": ["Phân loại hộ", "Diện hộ", "Loại hộ (nghèo/cận nghèo)", "Hộ nghèo/cận nghèo", "Thuộc diện"],
    "poor": ["Hộ nghèo", "Nghèo", "HN"],
    "near_poor": ["Hộ cận nghèo", "Cận nghèo", "HCN"],
    "b1": ["B1", "Điểm B1", "Tổng điểm B1"],
    "b2": ["B2", "Điểm B2", "Tổng điểm B2"],
    "type": ["Dạng tật", "Dạng khuyết tật", "Loại khuyết tật"],
    "degree": ["Mức độ", "Mức độ KT", "Mức độ khuyết tật"],
    "studying": ["Đang học", "Đang học lớp", "Trình độ", "Tình trạng đi học"],
    "article": ["Khoản, Điều 5 NĐ 20", "Khoản", "Đối tượng BTXH (khoản, điểm)", "Khoản, điểm Điều 5"],
    "amount": ["Số tiền", "Mức trợ cấp", "Mức hưởng (đồng/tháng)", "Mức trợ cấp hàng tháng"],
    "note": ["Ghi chú", "GHI CHÚ"],
}
GROUPED = {"poor": "Phân loại hộ", "near_poor": "Phân loại hộ", "b1": "Điểm", "b2": "Điểm", "type": "Khuyết tật", "degree": "Khuyết tật"}
GROUPED |= {"article": "Trợ cấp hằng tháng", "amount": "Trợ cấp hằng tháng", "male": "Giới tính", "female": "Giới tính"}
GROUPED |= {"born_male": "Năm sinh", "born_female": "Năm sinh"}
FIXED = {"male": "Nam", "female": "Nữ", "born_male": "Nam", "born_female": "Nữ", "head_name": "Họ và tên chủ hộ", "household_no": "STT hộ"}


@dataclass(frozen=True)
class Habits:
    """How this commune keeps its list."""

    seed: int = 1
    suffix: str = "xlsx"
    font: str | None = None
    decomposed: bool = False
    grouped: bool = True
    village: str = "column"  # column | section | sheet | title
    sex: str = "word"  # word | ticks | female_tick | born
    poverty: str = "ticks"  # ticks | word
    separate_heads: bool = False
    members_numbered: bool = False
    shuffled: bool = False
    extra: bool = False
    pages: bool = False
    title_rows: int = 5
    blank_sex: float = 0.03
    plain_cells: bool = False


@dataclass
class Made:
    """Sheets of rows with merges (zero-based, inclusive), and what was meant by row."""

    habits: Habits
    sheets: dict[str, list[list[Any]]] = field(default_factory=dict)
    merges: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    truth: list[dict[str, Any]] = field(default_factory=list)
    households: int = 0


def make(families: list[Family], habits: Habits) -> Made:
    """Lay the families out by these habits."""
    rng = random.Random(habits.seed)
    made = Made(habits, households=len(families))
    if habits.village == "sheet":
        for village in dict.fromkeys(family.village for family in families):
            _Sheet(made, village, rng).fill([family for family in families if family.village == village], village)
    elif habits.village == "title":
        for family in families:
            family.village = families[0].village
        _Sheet(made, "DS", rng).fill(families, families[0].village)
    else:
        _Sheet(made, "Danh sách", rng).fill(families, None)
    if habits.village == "sheet":
        for person in made.truth:
            person.setdefault("sheet", "")
    return made


class _Sheet:
    """One sheet being written."""

    def __init__(self, made: Made, name: str, rng: random.Random) -> None:
        self.made, self.name, self.rng, self.habits = made, name, rng, made.habits
        self.rows: list[list[Any]] = []
        made.sheets[name] = self.rows
        made.merges[name] = []
        self.fields = self._fields()

    def _fields(self) -> list[str]:
        habits = self.habits
        fields = ["no", *(["head_name"] if habits.separate_heads else []), "name", "relation"]
        fields += ["born_male", "born_female"] if habits.sex == "born" else ["born"]
        fields += {"word": ["sex"], "ticks": ["male", "female"], "female_tick": ["female"], "born": []}[habits.sex]
        fields += ["ethnicity", "national_id", *(["village"] if habits.village == "column" else [])]
        fields += ["poor", "near_poor"] if habits.poverty == "ticks" else ["poverty"]
        rest = ["b1", "b2", "type", "degree", "studying", "article", "amount", *(["extra"] if habits.extra else []), "note"]
        if habits.shuffled and not habits.grouped:
            self.rng.shuffle(rest)
        return fields + rest

    def fill(self, families: list[Family], village: str | None) -> None:
        self._title(village)
        self._heading()
        order = sorted(families, key=lambda family: family.village) if self.habits.village == "section" else families
        last_village = None
        for index, family in enumerate(order, start=1):
            if self.habits.village == "section" and family.village != last_village:
                last_village = family.village
                self._line(f"{['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII'][index % 8]}", family.village)
            if self.habits.pages and index % 15 == 0:
                self.rows.append([*self.heading_cells])
            if index % 12 == 0:
                self._line(f"Cộng {family.village}", *([None] * 6), 7, 6)
            self._family(index, family)
        people = sum(len(family.people) for family in order)
        self._line("TỔNG CỘNG", f"{len(order)} hộ, {people} khẩu")
        self.rows.append([])
        self._line(None, None, None, "Đồng Văn, ngày 25 tháng 11 năm 2025")
        self._line(None, "NGƯỜI LẬP BIỂU", None, None, None, "TM. ỦY BAN NHÂN DÂN")
        self._line(None, None, None, None, None, "CHỦ TỊCH")
        self._line(None, "Nguyễn Văn Lập")

    def _title(self, village: str | None) -> None:
        lines = ["ỦY BAN NHÂN DÂN XÃ ĐỒNG VĂN", "BAN CHỈ ĐẠO GIẢM NGHÈO", None, "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2025", None]
        for text in lines[: self.habits.title_rows]:
            self._line(text)
        if self.habits.village == "title":
            self._line(village)
        if not self.habits.title_rows:
            return
        self.rows[0].extend([None] * 5 + [self._text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")])

    def _heading(self) -> None:
        labels = [FIXED.get(name) or self.rng.choice(HEADINGS.get(name, ["Số điện thoại"])) for name in self.fields]
        groups = [GROUPED.get(name) if self.habits.grouped or name in ("born_male", "born_female") else None for name in self.fields]
        if not self.habits.grouped and not any(groups):
            self._line(*labels)
            self.heading_cells = self.rows[-1]
            return
        top, row = len(self.rows), [group or label for group, label in zip(groups, labels, strict=True)]
        shown = [
            None if group and index and groups[index - 1] == group else text
            for index, (group, text) in enumerate(zip(groups, row, strict=True))
        ]
        self._line(*shown)
        self.heading_cells = self.rows[-1]
        self._line(*[label if group else None for group, label in zip(groups, labels, strict=True)])
        for index, group in enumerate(groups):
            if not group:
                self.made.merges[self.name].append((top, index, top + 1, index))
            elif index + 1 < len(groups) and groups[index + 1] == group:
                self.made.merges[self.name].append((top, index, top, index + 1))
        self._line(*range(1, len(self.fields) + 1))

    def _line(self, *values: Any) -> None:
        self.rows.append([self._text(value) if isinstance(value, str) else value for value in values])

    def _text(self, text: str) -> str:
        if self.habits.font:
            return encode(text, self.habits.font)
        return unicodedata.normalize("NFD", text) if self.habits.decomposed else text

    def _family(self, index: int, family: Family) -> None:
        first = len(self.rows) + 1
        for position, human in enumerate(family.people):
            cells = self._cells(family, human, index, position)
            self.rows.append([self._text(cells.get(name)) if isinstance(cells.get(name), str) else cells.get(name) for name in self.fields])
            self.made.truth.append(_meant(family, human, len(self.rows), first, cells, self.name if self.habits.village == "sheet" else ""))

    def _cells(self, family: Family, human: Human, index: int, position: int) -> dict[str, Any]:
        rng, habits = self.rng, self.habits
        head = position == 0
        cells: dict[str, Any] = {"note": human.note}
        cells["no"] = index if head else f"{index}.{position}" if habits.members_numbered else None
        cells["name"] = _name(rng, human, head)
        cells["head_name"] = cells["name"] if head else None
        cells["relation"] = _relation(rng, human)
        born = human.born.year if habits.sex == "born" and human.precision == "year" else _date(rng, human, habits.plain_cells)
        cells |= {"born": born, "born_male": born if human.sex == "male" else None, "born_female": born if human.sex == "female" else None}
        cells |= {"male": "x" if human.sex == "male" else None, "female": "x" if human.sex == "female" else None}
        cells["sex"] = _sex(rng, human, habits)
        cells["ethnicity"] = family.spelling if head or rng.random() < 0.7 else None
        cells["national_id"] = _identity(rng, human)
        cells["studying"] = human.school or None
        if human.disability:
            cells |= {"type": rng.choice(TYPES[human.disability[0]]), "degree": rng.choice(DEGREES[human.disability[1]])}
        if human.benefit:
            cells |= {"article": _article(rng, human.benefit[0]), "amount": _amount(rng, human.benefit[1])}
        return cells | (self._household(family) if head else {})

    def _household(self, family: Family) -> dict[str, Any]:
        mark = self.rng.choice("xX")
        words = {"poor": ("Hộ nghèo", "HN", "Nghèo"), "near_poor": ("Hộ cận nghèo", "HCN", "Cận nghèo")}
        return {
            "village": family.village, "b1": family.b1, "b2": family.b2, "poverty": self.rng.choice(words[family.poverty]),
            "poor": mark if family.poverty == "poor" else None, "near_poor": mark if family.poverty == "near_poor" else None,
        }  # fmt: skip


def _name(rng: random.Random, human: Human, head: bool) -> str:
    name = human.name.upper() if head and rng.random() < 0.6 else human.name
    habit = rng.random()
    if habit < 0.08:
        return name.replace(" ", "  ", 1)
    return f"  {name}" if habit < 0.14 else f"{name} " if habit < 0.18 else name.replace(" ", "\u00a0", 1) if habit < 0.2 else name


def _relation(rng: random.Random, human: Human) -> str | None:
    words = {
        "head": ["Chủ hộ", "chủ hộ", "Chủ hộ", "CH"], "spouse": ["Vợ"] if human.sex == "female" else ["Chồng"],
        "child": ["Con", "con đẻ", "Con nuôi", "con trai" if human.sex == "male" else "con gái"],
        "parent": ["Mẹ", "Mẹ đẻ"] if human.sex == "female" else ["Bố", "bố đẻ", "Cha"], "other": ["Cháu", "cháu nội", "Con dâu", "Em"],
    }  # fmt: skip
    if human.relation != "head" and rng.random() < 0.05:
        human.relation = None
        return None
    return rng.choice(words[human.relation or "other"])


def _date(rng: random.Random, human: Human, plain: bool) -> Any:
    day = human.born
    if human.precision == "year":
        return rng.choice((day.year, str(day.year), day.year))
    if human.precision == "month":
        return rng.choice(
            (f"{day.month:02}/{day.year}", f"{day.month}/{day.year}", f"tháng {day.month}/{day.year}", f"{day.month:02}-{day.year}")
        )
    written = [f"{day:%d/%m/%Y}"] * 4 + [
        f"{day:%d.%m.%Y}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d-%m-%y}",
        f"{day:%d-%m-%Y}",
        f"{day:%d/%m/%Y} ",
    ]
    return rng.choice([*written, *([] if plain else [day, day, (day - dt.date(1899, 12, 30)).days])])


def _sex(rng: random.Random, human: Human, habits: Habits) -> str | None:
    if rng.random() < habits.blank_sex:
        return "x" if human.sex == "female" else None
    return rng.choice(("Nam", "nam", "Nam") if human.sex == "male" else ("Nữ", "nữ", "Nữ"))


def _identity(rng: random.Random, human: Human) -> Any:
    number = human.national_id
    if number is None:
        if rng.random() < 0.3:
            human.old_id = f"07{rng.randint(1000000, 9999999)}"
            return rng.choice((human.old_id, human.old_id[1:], int(human.old_id)))
        return None
    habit = rng.random()
    if habit < 0.1:
        return int(number)
    if habit < 0.2:
        return rng.choice(
            (f"{number[:3]} {number[3:6]} {number[6:]}", f"'{number}", f"{number[:3]}.{number[3:6]}.{number[6:]}", f"{number} ", number[2:])
        )
    return number


def _article(rng: random.Random, article: str) -> Any:
    if article == "5.6":
        return rng.choice(("Khoản 6", "khoản 6", "K6", "5.6", "Khoản 6 Điều 5", "Khoản 6, Điều 5 NĐ 20/2021/NĐ-CP", 5.6))
    return rng.choice(("điểm c khoản 5", "5.5c", "Điểm c, khoản 5", "K5 điểm c", "khoản 5c"))


def _amount(rng: random.Random, amount: int) -> Any:
    dots = f"{amount:,}".replace(",", ".")
    return rng.choice((amount, dots, f"{dots}đ", f"{amount:,}", f"{dots} đồng", str(amount), f"{amount // 1000} nghìn"))


def _meant(family: Family, human: Human, row: int, head_row: int, cells: dict[str, Any], sheet: str) -> dict[str, Any]:
    return {
        "row": row, "household_row": head_row, "name": human.name, "relation": human.relation, "born": human.born.isoformat(),
        "born_precision": human.precision, "sex": human.sex, "ethnicity": human.ethnicity, "national_id": human.national_id,
        "village": family.village, "poverty": family.poverty, "b1": family.b1, "b2": family.b2,
        "disability": {"type": human.disability[0], "degree": human.disability[1]} if human.disability else None,
        "studying": human.studying, "benefit": {"article": human.benefit[0], "amount": human.benefit[1]} if human.benefit else None,
        "died": human.died, "note": human.note, **({"sheet": sheet} if sheet else {}),
    }  # fmt: skip


def _inverse(table: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, letter in table.items():
        found.setdefault(letter, code)
    return found


_CODES: dict[str, dict[str, str]] = {"tcvn3": _inverse(TCVN3), "vni": _inverse(VNI)}


def encode(text: str, font: str) -> str:
    """Type a text for a legacy font; TCVN3 has no toned capitals, so .VnTimeH's small codes stand for them."""
    codes = _CODES[font]
    return "".join(codes.get(letter) or codes.get(letter.lower()) or letter for letter in unicodedata.normalize("NFC", text))
