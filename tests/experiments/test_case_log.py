"""A log of cases is read as it was meant, or refused with one message that says where and why."""

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from experiments.calibration.case_log import (
    FEWEST_CASES,
    NONE,
    CaseLog,
    Columns,
    as_known_at,
    opened_from,
    read_case_log,
)
from scenarios.errors import CaseLogError

HEADER = "opened,closed,due_date,type"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(*rows: str, header: str = HEADER, fill: int = FEWEST_CASES, encoding: str = "utf-8") -> Path:
        """A log of these rows after ``fill`` plain ones."""
        plain = [
            f"2024-03-{1 + n % 28:02d} 09:00:00,2024-03-{1 + n % 28:02d} 10:00:00,," for n in range(fill)
        ]
        path = tmp_path / "cases.csv"
        path.write_bytes("\n".join([header, *plain, *rows, ""]).encode(encoding))
        return path

    return _write


def refusal(path: Path, columns: Columns | None = None, **options: object) -> str:
    with pytest.raises(CaseLogError) as caught:
        read_case_log(path, columns, **options)  # type: ignore[arg-type]
    return str(caught.value)


def last(log: CaseLog) -> "pd.Series[object]":
    return log.cases.iloc[-1]


def test_columns_with_usual_names_are_found_and_named(write: Write) -> None:
    log = read_case_log(write("2024-05-01 08:00:00,2024-05-02 09:30:00,2024-05-03 00:00:00, lamp "))
    assert log.columns == Columns("opened", "closed", "due_date", "type")
    assert "opened = opened" in log.notes[0].text("en")
    assert last(log).tolist() == [
        pd.Timestamp("2024-05-01 08:00"),
        pd.Timestamp("2024-05-02 09:30"),
        pd.Timestamp("2024-05-03"),
        "lamp",
    ]
    assert (log.begins, log.days) == (pd.Timestamp("2024-03-01"), 62)
    assert log.until == pd.Timestamp("2024-05-02 09:30")


def test_columns_can_be_named_and_left_out(write: Write) -> None:
    path = write(header="begin,end,due_date,type")
    log = read_case_log(path, Columns("begin", "end", NONE, NONE))
    assert log.columns == Columns("begin", "end", None, None)
    assert log.cases["target"].isna().all()
    assert set(log.cases["category"]) == {""}


def test_a_wrong_column_gets_the_nearest_names(write: Write) -> None:
    assert "no column 'opend' for --opened; did you mean opened" in refusal(write(), Columns(opened="opend"))
    assert "cases.csv:1: no column has a usual name for when a case was opened" in refusal(
        write(header="a,closed,due_date,type")
    )
    assert "two things at once" in refusal(write(), Columns(opened="closed"))
    assert "two columns are called 'closed'" in refusal(write(header="opened,closed,closed,type"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-04-03 14:05:06", "2024-04-03 14:05:06"),
        ("2024-04-03T14:05", "2024-04-03 14:05:00"),
        ("2024-04-03T14:05:06.789Z", "2024-04-03 14:05:06.789"),
        ("2024-04-03T14:05:06+08:00", "2024-04-03 14:05:06"),
        ("20240403T140506", "2024-04-03 14:05:06"),
        ("2024/4/3 14:05", "2024-04-03 14:05:00"),
        ("2024.04.03", "2024-04-03"),
        ("2024年4月3日 14:05", "2024-04-03 14:05:00"),
        ("2024年4月3日 14时05分06秒", "2024-04-03 14:05:06"),
    ],
)
def test_dates_with_the_year_first(write: Write, text: str, meant: str) -> None:
    assert last(read_case_log(write(f"{text},,,")))["opened"] == pd.Timestamp(meant)


def test_day_or_month_first_is_found_from_other_dates_of_the_file(write: Write) -> None:
    log = read_case_log(write("03/04/2024 08:00,25/04/2024 17:00,,"))
    assert last(log)["opened"] == pd.Timestamp("2024-04-03 08:00")
    log = read_case_log(write("04/03/2024 12:30 AM,04/25/2024 12:30:10 PM,,"))
    assert last(log).tolist()[:2] == [pd.Timestamp("2024-04-03 00:30"), pd.Timestamp("2024-04-25 12:30:10")]


def test_an_order_that_cannot_be_found_is_asked_for(write: Write) -> None:
    path = write("03/04/2024 08:00,05/04/2024 08:00,,")
    assert f"cases.csv:{FEWEST_CASES + 2}: column 'opened': '03/04/2024 08:00' may have" in refusal(path)
    assert last(read_case_log(path, day_order="day-first"))["closed"] == pd.Timestamp("2024-04-05 08:00")
    month_first = read_case_log(path, day_order="month-first").cases["opened"]
    assert (month_first == pd.Timestamp("2024-03-04 08:00")).sum() == 1
    mixed = write("03/14/2024,,,", "14/03/2024,,,", "03/04/2024,,,")
    assert "dates of both kinds" in refusal(mixed)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2024-02-30", "2024-13-01 00:00", "42005", "2024-01-01 25:00", "31.02.2024", "1.2.24"],
)
def test_what_is_no_date_is_shown_with_its_line(write: Write, text: str) -> None:
    path = write('2024-05-01 08:00:00,,,"a lamp\nover two lines"', f"2024-05-02 08:00,{text},,")
    message = refusal(path)
    assert message.startswith(
        f"{path}:{FEWEST_CASES + 4}: column 'closed': '{text}' is not a date; write 2015-"
    )


def test_dates_far_off_are_refused_and_placeholders_are_missing(write: Write) -> None:
    assert "'1850-01-01' lies outside the years" in refusal(write("1850-01-01,,,"))
    log = read_case_log(
        write("2024-05-01 08:00:00,9999-12-31 00:00:00,1900-01-01,", "2024-05-02 08:00:00,NULL,-,")
    )
    assert log.cases["closed"].isna().sum() == 2
    assert "2 dates are placeholders" in log.notes[1].text("en")
    far = write("2009-05-01 08:00:00,,,")
    assert refusal(far).startswith(f"{far}:{FEWEST_CASES + 2}: column 'opened': 2009-05-01 lies ")


def test_cleaning_is_counted(write: Write) -> None:
    log = read_case_log(
        write(
            "2024-05-01 08:00:00,2024-04-30 08:00:00,,",  # closed before it was opened
            ",2024-05-01 08:00:00,,",
            "2024-05-01 08:00:00,2024-05-01 08:00:59,,",  # closed at once
            "2024-05-01 08:00:00,,,",
        )
    )
    said = {note.key: note.values for note in log.notes}  # noqa: PD011 - a dict, not a DataFrame
    assert said["log_closed_before"]["count"] == said["log_no_opening"]["count"] == 1
    assert said["log_at_once"]["count"] == said["log_open"]["count"] == 1
    assert len(log.cases) == said["log_open"]["cases"] == FEWEST_CASES + 2
    for note in log.notes:
        assert note.text("en") != note.text("zh")


def test_until_and_since_cut_the_log_without_looking_ahead(write: Write) -> None:
    log = read_case_log(
        write("2024-03-09 08:00:00,2024-03-20 00:00:01,,", fill=60),
        since=date(2024, 3, 2),
        until=date(2024, 3, 20),
    )
    assert log.cases["opened"].min() >= pd.Timestamp("2024-03-02")
    assert log.cases["opened"].max() < log.until == pd.Timestamp("2024-03-20")
    assert log.cases.loc[log.cases["opened"] == pd.Timestamp("2024-03-09 08:00"), "closed"].isna().all()


def test_a_log_as_known_earlier_knows_nothing_of_later(write: Write) -> None:
    log = read_case_log(write("2024-03-09 08:00:00,2024-04-20 00:00:01,,"))
    moment = pd.Timestamp("2024-03-10")
    before, after = as_known_at(log, moment), opened_from(log, moment)
    assert before.cases["opened"].max() < moment == before.until
    assert before.cases["closed"].max() < moment
    assert before.cases.iloc[-3:]["closed"].isna().sum() == 1
    assert len(before.cases) + len(after.cases) == len(log.cases)


def test_days_without_hours_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    rows = [f"2024-03-{1 + n % 28:02d} 09:00,2024-03-{1 + n % 28:02d}" for n in range(40)]
    path.write_text("\n".join(["opened,closed", *rows]))
    log = read_case_log(path)
    assert log.dates_only
    assert len(log.cases) == 40  # nothing is taken to be closed before it was opened
    assert (log.cases["closed"] == log.cases["opened"]).all()


def test_encodings_separators_and_compression(tmp_path: Path) -> None:
    rows = ["立案时间;结案时间;类别", *["2024-03-01 09:00;2024-03-02 10:00;路灯损坏"] * FEWEST_CASES]
    plain = "\r\n".join(rows)
    for name, content in {
        "bom.csv": b"\xef\xbb\xbf" + plain.encode(),
        "gbk.csv": plain.encode("gb18030"),
        "packed.csv.gz": gzip.compress(plain.encode()),
    }.items():
        (tmp_path / name).write_bytes(content)
        log = read_case_log(tmp_path / name)
        assert set(log.cases["category"]) == {"路灯损坏"}
        assert log.columns == Columns("立案时间", "结案时间", None, "类别")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ":1: the first line is empty"),
        (b"opened,closed\n2024-01-01,\x00\n", ":2: there is a NUL byte"),
        ("opened,closed\n".encode("utf-16"), ":1: the file is encoded in UTF-16"),
        (b"opened,closed\n\xff\xff\xff", ":2: the text is neither UTF-8 nor GB 18030"),
        (b"\x1f\x8b broken", ": the compressed file is damaged"),
        (gzip.compress(b"opened,closed\n" * 100, mtime=0)[:-9], ": the compressed file is damaged"),
        (b"opened,closed\n1,2\n1,2,3,4\n", ": the file is not a table: Expected 2 fields in line 3"),
        (b'opened,closed\n"2024-01-01,\n', ": the file is not a table: EOF inside string"),
        (b"opened,closed\n", ": 0 usable cases are too few"),
        (b"opened,closed\n" + b"2024-01-01 10:00,\n" * 40, ": none of the 40 cases has a time in 'closed'"),
    ],
)
def test_files_that_are_no_log_get_one_message(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    message = refusal(path)
    assert message.startswith(f"{path}{said}"), message
    assert "\n" not in message


def test_what_is_not_there_or_not_a_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv").endswith("there is no such file")
    assert refusal(tmp_path).endswith("this is a folder, not a file")
    assert "cannot be read" in refusal(Path("a\0b"))
