"""Invented families for test workbooks: what the maker of a list means, before habits make a mess of it."""

import datetime as dt
import random
from dataclasses import dataclass, field

FAMILY = [
    "Sùng",
    "Vàng",
    "Giàng",
    "Lý",
    "Thào",
    "Hầu",
    "Mua",
    "Nguyễn",
    "Trần",
    "Đặng",
    "Triệu",
    "Hoàng",
    "Phàn",
    "Tẩn",
    "Lò",
    "Cháng",
    "Vừ",
    "Nông",
    "Bàn",
    "Ly",
    "Đinh",
    "Hà",
    "Lùng",
    "Kiều",
    "Võ",
    "Huỳnh",
    "Thạch",
    "Sơn",
    "Y",
    "K'",
]
MALE = [
    "Sính",
    "Páo",
    "Chứ",
    "Tủa",
    "Dình",
    "Pó",
    "Sùng",
    "Đạt",
    "Dũng",
    "Hùng",
    "Cường",
    "Thắng",
    "Khánh",
    "Toàn",
    "Vương",
    "Sơn",
    "Hòa",
    "Lình",
    "Vũ",
    "Quý",
]
FEMALE = [
    "Mỷ",
    "Dí",
    "Say",
    "Sua",
    "Chúa",
    "Dợ",
    "Pà",
    "Hương",
    "Lan",
    "Mai",
    "Ánh",
    "Thủy",
    "Thúy",
    "Xuân",
    "Hoa",
    "Oanh",
    "Ngân",
    "Hoà",
    "Yến",
    "Tuyết",
]
GROUPS = {"01": ["Kinh"], "02": ["Tày"], "07": ["Nùng"], "08": ["Mông", "H'Mông", "Hmông", "Mèo"], "09": ["Dao", "Mán"], "25": ["Giáy"]}
GROUPS |= {
    "43": ["Lô Lô"],
    "05": ["Khmer", "Khơ-me", "Khơ me"],
    "12": ["Ê Đê", "Ê-đê", "Êđê"],
    "26": ["Cơ Tu", "Cơ-tu", "Ca Tu"],
    "16": ["Cơ Ho", "K'Ho"],
}
GROUPS |= {
    "27": ["Gié Triêng", "Giẻ Triêng"],
    "23": ["Bru - Vân Kiều", "Vân Kiều"],
    "06": ["Mường"],
    "03": ["Thái"],
    "20": ["M'Nông", "Mnông"],
}
VILLAGES = ["Thôn Nà Cho", "Thôn Má Lủng", "Tổ dân phố 2", "Bản Phố", "Xóm Mới", "Ấp Trà Kha", "Thôn Sà Phìn A", "Khu phố 3"]
TYPES = {"mobility": ["Vận động", "VĐ"], "hearing_speech": ["Nghe nói", "Nghe, nói", "Câm điếc"], "sight": ["Nhìn", "Mù"]}
TYPES |= {"mental": ["Thần kinh, tâm thần", "Thần kinh", "Tâm thần"], "intellectual": ["Trí tuệ"], "other": ["Khác"]}
DEGREES = {"mild": ["Nhẹ", "nhẹ"], "severe": ["Nặng", "nặng"], "extremely_severe": ["ĐBN", "Đặc biệt nặng", "đb nặng", "ĐB nặng"]}


@dataclass
class Human:
    """One person as meant."""

    name: str
    relation: str | None
    born: dt.date
    precision: str
    sex: str
    ethnicity: str
    national_id: str | None
    old_id: str | None = None
    disability: tuple[str, str] | None = None
    studying: str | None = None
    school: str = ""
    benefit: tuple[str, int] | None = None
    died: str | None = None
    note: str | None = None


@dataclass
class Family:
    """One household as meant; the first person is the head."""

    people: list[Human]
    village: str
    poverty: str
    b1: int
    b2: int
    spelling: str = ""
    rows: list[int] = field(default_factory=list)


def invent(rng: random.Random, count: int) -> list[Family]:
    """Families in the order of the list; every national id once."""
    return [_family(rng) for _ in range(count)]


def _family(rng: random.Random) -> Family:
    code = rng.choice(list(GROUPS))
    head_year = rng.randint(1938, 1996)
    sex = rng.choice(("male", "female"))
    family_name = rng.choice(FAMILY)
    people = [_human(rng, "head", head_year, sex, code, family_name)]
    if rng.random() < 0.6:
        people.append(
            _human(rng, "spouse", head_year + rng.randint(-6, 6), "female" if sex == "male" else "male", code, rng.choice(FAMILY))
        )
    for _ in range(rng.choice((0, 0, 1, 2, 3, 4))):
        year = min(2025, head_year + rng.randint(19, 38))
        people.append(_human(rng, "child", year, rng.choice(("male", "female")), code, family_name))
    if rng.random() < 0.2:
        people.append(_human(rng, "parent", max(1930, head_year - rng.randint(18, 30)), rng.choice(("male", "female")), code, family_name))
    if rng.random() < 0.15:
        people.append(_human(rng, "other", min(2025, head_year + rng.randint(42, 55)), rng.choice(("male", "female")), code, family_name))
    poverty = rng.choice(("poor", "poor", "near_poor"))
    b2 = rng.choice((30, 40, 50, 60)) if poverty == "poor" else rng.choice((0, 10, 20))
    return Family(people, rng.choice(VILLAGES), poverty, rng.randint(60, 140), b2, spelling=rng.choice(GROUPS[code]))


def _human(rng: random.Random, relation: str, year: int, sex: str, code: str, family_name: str) -> Human:
    name = f"{family_name} {_middle(rng, sex)} {rng.choice(MALE if sex == 'male' else FEMALE)}"
    precision = rng.choices(("day", "month", "year"), (8, 1, 1))[0]
    month = rng.randint(1, 10 if year >= 2025 else 12) if precision != "year" else 1
    born = dt.date(year, month, rng.randint(1, 28) if precision == "day" else 1)
    digit = (2 if year >= 2000 else 0) + (sex == "female")
    national_id = f"002{digit}{year % 100:02}{rng.randint(100001, 999999)}" if rng.random() < 0.85 else None
    human = Human(name, relation, born, precision, sex, code, national_id)
    _circumstances(rng, human, 2025 - year)
    return human


def _middle(rng: random.Random, sex: str) -> str:
    return rng.choice(
        ["Văn", "Hữu", "Đức", "Công", "Chí", "A", "Seo", "Mí", "Quang", "Minh"]
        if sex == "male"
        else ["Thị", "Thị", "Thu", "Ngọc", "Thùy", "Mỷ"]
    )


def _circumstances(rng: random.Random, human: Human, age: int) -> None:
    if rng.random() < 0.08:
        human.disability = (rng.choice(list(TYPES)), rng.choice(list(DEGREES)))
        if human.disability[1] != "mild":
            human.benefit = ("5.6", rng.choice((750_000, 1_000_000, 1_250_000)))
    elif age >= 80:
        human.benefit = ("5.5c", 500_000)
    levels = ((3, 5, "preschool", "Mẫu giáo"), (6, 10, "primary", ""), (11, 14, "lower_secondary", ""), (15, 17, "upper_secondary", ""))
    for first, last, level, word in levels:
        if first <= age <= last:
            human.studying, human.school = level, word or f"Lớp {age - 5}"
    if 19 <= age <= 21 and rng.random() < 0.5:
        human.studying, human.school = rng.choice((("university", "Đại học"), ("college", "Cao đẳng"), ("vocational", "Trung cấp nghề")))
    if rng.random() < 0.05:
        human.died, human.note = rng.choice(
            (("2025-10", "đã chết 10/2025"), ("2025-09-03", "mất ngày 3/9/2025"), ("2024", "chết năm 2024"))
        )
    elif rng.random() < 0.15:
        human.note = rng.choice(("đi làm ăn xa", "chuyển đến từ xã khác", "mới sinh", "mất sức lao động", "bố mất năm 2020"))
