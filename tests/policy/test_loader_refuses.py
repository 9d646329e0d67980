"""A mistake in the law's files is refused at load, by file and line, in words that say what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from policy import LAW_FOLDER, LawError, load_folders

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


@pytest.mark.parametrize("path", BROKEN, ids=[path.stem for path in BROKEN])
def test_a_broken_file_is_refused_with_its_line_and_its_reason(path: Path, tmp_path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# must say: ").split(" | ")
    shutil.copy(path, tmp_path / path.name)
    with pytest.raises(LawError) as refused:
        load_folders(LAW_FOLDER, tmp_path)
    for words in expected:
        assert words in str(refused.value)


def test_the_law_itself_is_accepted() -> None:
    assert len(load_folders(LAW_FOLDER).rules) > 70
