"""``docs/law.md``: every parameter and rule with dates, article and certainty, as tables that a legal officer can check."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from policy.model import Law, Level, Parameter, Rule, Source
from policy.poverty import Period, load_periods
from policy.vocabulary import Fact

CERTAINTY = {
    "found": "có nguồn", "memory-high": "trí nhớ, chắc", "memory-med": "trí nhớ, khá chắc", "memory-low": "trí nhớ, không chắc",
    "computed": "tính từ nguồn", "choice": "chọn cách hiểu",
}  # fmt: skip
STARTS = {
    "signature": "tháng ký quyết định",
    "certificate": "tháng cấp giấy xác nhận khuyết tật",
    "birthday": "tháng đủ {age} tuổi",
}
HEAD = """# Luật trong phần mềm

Trang này do `./run manage document_law` viết ra từ `policy/`; đừng sửa bằng tay. Mỗi dòng là một giá trị hoặc một quy định có ngày tháng, kèm
điều khoản và độ chắc chắn: *có nguồn* nghĩa là đã đọc trong văn bản hoặc nguồn trích văn bản; *trí nhớ* nghĩa là phải đối chiếu với bản chính
(vbpl.vn, congbao.chinhphu.vn) trước khi dùng; *chọn cách hiểu* nghĩa là văn bản không nói, và phần mềm phải chọn.
Ngày ký của các văn bản khác Nghị định 20/2021, 76/2024, 335/2026 và số điều của các văn bản ngoài trợ giúp xã hội ghi theo trí nhớ.

English: generated from `policy/`; every dated value and rule with its article and how sure we are.
"""


def document(law: Law) -> str:
    """The page as Markdown."""
    parts = [HEAD, _programmes(law), _parameters(law), _rules(law), _groups(law), _overrides(law), _poverty(load_periods()), _facts(law)]
    return "\n".join(parts).rstrip() + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _month(month: date | None) -> str:
    return f"{month:%m/%Y}" if month else ""


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _number(value: Decimal | int) -> str:
    whole = f"{value:,}" if value != int(value) else f"{int(value):,}"
    return whole.replace(",", " ").replace(".", ",").replace(" ", ".")


def _programmes(law: Law) -> str:
    rows = (
        (entry.name, entry.vi, entry.owner, entry.fund, "có" if entry.by_default else "không") for entry in law.programmes.values()
    )  # fmt: skip
    return "## 1. Chương trình\n\n" + _table(("mã", "chương trình", "cơ quan chủ quản", "nguồn kinh phí", "chi hằng tháng"), rows)


def _parameters(law: Law) -> str:
    rows = [row for parameter in law.parameters.values() for row in _levels(parameter)]
    head = ("tham số", "giá trị", "tiền áp dụng từ", "văn bản", "điều khoản", "ký", "hiệu lực từ", "độ chắc chắn", "ghi chú")
    return "## 2. Mức tiền và ngưỡng\n\n" + _table(head, rows)


def _levels(parameter: Parameter) -> list[tuple[str, ...]]:
    title = f"{parameter.vi} (`{parameter.name}`)"
    if not parameter.levels:
        return [(title, "chưa có, chờ người quản trị nhập", "", "", "", "", "", "", "")]
    return [_level(title, parameter, level) for level in parameter.levels]


def _level(title: str, parameter: Parameter, level: Level) -> tuple[str, ...]:
    unit = " đồng" if parameter.unit == "đồng" else ""
    return (title, _number(level.value) + unit, _day(level.money_applies_from), *_source(level.source))


def _source(source: Source) -> tuple[str, ...]:
    return (
        source.instrument, source.article, _day(source.signed), _day(source.in_force_from), CERTAINTY[source.certainty], source.note,
    )  # fmt: skip


def _rules(law: Law) -> str:
    parts = ["## 3. Chế độ\n"]
    for benefit in dict.fromkeys(rule.benefit for rule in law.rules):
        parts.append(f"### {benefit}\n")
        parts += [_rule(law, rule) for rule in law.rules if rule.benefit == benefit]
    return "\n".join(parts)


def _rule(law: Law, rule: Rule) -> str:
    until = f" đến hết tháng trước {_month(rule.until_month)}" if rule.until_month else ""
    lines = [
        f"**Từ {_month(rule.from_month)}{until}**: {rule.vi} / *{rule.en}*",
        f"- Văn bản: {rule.source.instrument}, {rule.source.article}; độ chắc chắn: {CERTAINTY[rule.source.certainty]}"
        + (f". {rule.source.note}" if rule.source.note else ""),
        *(f"- Điều kiện: {condition.vi} / *{condition.en}*: `{condition.expression.text}`" for condition in rule.conditions),
        *(f"- Loại trừ: không thuộc diện {name}" for name in rule.not_if),
        f"- Mức: {law.parameters[rule.parameter].vi}{_coefficients(rule)}{_payments(rule)}",
        f"- {_decision(rule)}",
    ]
    if rule.group:
        lines.append(f"- Nhóm loại trừ: `{rule.group}`, thứ tự {rule.order}")
    if rule.switched_off:
        lines.append("- Đang tắt: chưa có mức tiền.")
    return "\n".join(lines) + "\n"


def _coefficients(rule: Rule) -> str:
    if not rule.cases:
        return ""
    cases = []
    for case in rule.cases:
        value = _number(case.value) if case.value is not None else f"`{case.fact}`"
        when = f" khi {case.vi} (`{case.when.text}`)" if case.when else (f" ({case.vi})" if case.vi else "")
        cases.append(value + when)
    return " × hệ số " + "; ".join(cases)


def _payments(rule: Rule) -> str:
    if [month for month, _ in rule.payments] == list(range(1, 13)) and all(times == 1 for _, times in rule.payments):
        return ", hằng tháng" if not rule.on_decision else ", một lần"
    return ", chi vào " + ", ".join(f"tháng {month}" + (f" (× {times})" if times != 1 else "") for month, times in rule.payments)


def _decision(rule: Rule) -> str:
    if not rule.needs_decision:
        return "Không cần quyết định riêng."
    start = STARTS[rule.start].format(age=rule.start_age)
    others = [name for name in rule.succeeds if name != rule.benefit]
    carried = f" Quyết định {', '.join(others)} chuyển tiếp sang chế độ này." if others else ""
    return f"Cần quyết định; hưởng từ {start}.{carried}"


def _groups(law: Law) -> str:
    rows = []
    for group in law.groups.values():
        keep = group.keep_both
        exception = f"hưởng cả {keep.benefit} nếu thuộc {', '.join(keep.with_any)}" if keep else ""
        condition = f"chỉ khi hưởng {group.only_with}" if group.only_with else ""
        rows.append((group.name, group.vi, group.article, exception or condition))
    return "## 4. Chỉ hưởng một mức\n\n" + _table(("nhóm", "quy định", "điều khoản", "ngoại lệ"), rows)


def _overrides(law: Law) -> str:
    rows = (
        (
            entry.province, law.parameters[entry.parameter].vi, _number(entry.value) + " đồng", _month(entry.from_month),
            _month(entry.until_month), entry.article, "tắt" if entry.switched_off else "đang áp dụng",
        )
        for entry in law.overrides
    )  # fmt: skip
    return "## 5. Mức riêng của tỉnh\n\n" + _table(("tỉnh", "tham số", "giá trị", "từ", "đến trước", "văn bản", "trạng thái"), rows)


def _poverty(periods: Iterable[Period]) -> str:
    head = ("từ", "đến trước", "văn bản", "nghèo (nông thôn / thành thị)", "cận nghèo", "phiếu B1, B2", "chỉ số", "độ chắc chắn")
    return "## 6. Chuẩn nghèo\n\n" + _table(head, (_period(period) for period in periods))


def _period(period: Period) -> tuple[str, ...]:
    line = " / ".join(_number(period.line_income[key]) for key in ("rural", "urban"))
    below = f"thu nhập ≤ {line} và thiếu ≥ {period.deprivations} chỉ số" if period.deprivations else ""
    always = "thu nhập ≤ " + " / ".join(_number(period.poor_income[key]) for key in ("rural", "urban")) if period.poor_income else ""
    near = f"thu nhập ≤ {line}, không thuộc hộ nghèo"
    score = f"B1 ≤ {period.line_b1['rural']} / {period.line_b1['urban']}, B2 ≥ {period.poor_b2}" if period.line_b1 else "chưa có"
    if period.poor_b1:
        score = f"B1 ≤ {period.poor_b1['rural']} / {period.poor_b1['urban']}; hoặc " + score
    names = ", ".join(indicator.vi for indicator in period.indicators)
    poor = "; hoặc ".join(part for part in (always, below) if part)
    instrument = f"{period.instrument} {period.article}" + (f". {period.note}" if period.note else "")
    return (_day(period.since), _day(period.until), instrument, poor, near, score, names, CERTAINTY[period.certainty])


def _facts(law: Law) -> str:
    rows = (_fact(fact) for fact in law.vocabulary.values())
    head = ("thông tin", "kiểu", "của", "nghĩa", "meaning", "giá trị", "nguồn", "cá nhân")
    return "## 7. Thông tin mà quy định được đọc\n\n" + _table(head, rows)


def _fact(fact: Fact) -> tuple[str, ...]:
    values = ", ".join(fact.values) if len(fact.values) < 20 else f"{fact.values[0]} … {fact.values[-1]}"
    if fact.count:
        values = f"đếm theo `{fact.count.relation}`: `{fact.count.where}`"
    return (f"`{fact.name}`", fact.type, fact.subject, fact.vi, fact.en, values, fact.source, "có" if fact.personal else "không")
