"""Where a command's table or answer goes: to people at a terminal, or into a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from legation.errors import UserError

if TYPE_CHECKING:
    import polars as pl

    from legation.answer import Answer
    from legation.surfaces.formats import Format


def show_table(frame: pl.DataFrame, form: str | None, out: Path | None) -> None:
    from legation.surfaces import formats, terminal

    if form is None and out is None:
        terminal.print_table(frame)
    else:
        write(formats.table_bytes(frame, _form(form, out)), out)


def show_answer(answer: Answer, form: str | None, out: Path | None) -> None:
    from legation.surfaces import formats, terminal

    if form is None and out is None:
        terminal.print_answer(answer)
    else:
        write(formats.answer_bytes(answer, _form(form, out)), out)


def _form(form: str | None, out: Path | None) -> Format:
    from legation.surfaces.formats import check_format

    return check_format(form or (out.suffix.removeprefix(".") if out else "csv"))


def write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}; choose another --out") from None
