"""Charts drawn in a process beside this one are those drawn in it, and the process is there when it is needed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from legation.errors import LegationError
from legation.surfaces.charts import charts_of
from legation.surfaces.charts._drawing_process import made
from legation.surfaces.charts.rendering import Apart, drawing

SPEC: dict[str, Any] = {
    "data": {"values": [{"country": "KOR", "share": 0.03}, {"country": "스위스", "share": 0.02}]},
    "mark": "bar",
    "encoding": {"x": {"field": "share", "type": "quantitative"}, "y": {"field": "country", "type": "nominal"}},
}
WITHIN_SECONDS = 20.0


@pytest.fixture
def apart() -> Iterator[Apart]:
    renderer = Apart()
    yield renderer
    renderer.close()


def draw(renderer: Apart) -> bytes:
    return renderer("vegalite_to_svg", SPEC, allowed_base_urls=[])


def wait_until_gone(process: int) -> None:
    end = time.monotonic() + WITHIN_SECONDS
    while os.path.exists(f"/proc/{process}") and time.monotonic() < end:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{process}")


def test_what_is_drawn_is_the_same(apart: Apart) -> None:
    assert draw(apart) == made("vegalite_to_svg", SPEC, allowed_base_urls=[])
    assert apart("vegalite_to_png", SPEC, scale=1) == made("vegalite_to_png", SPEC, scale=1)


def test_one_process_draws_everything_until_it_is_closed(apart: Apart) -> None:
    draw(apart)
    first = apart.process
    draw(apart)
    assert first is not None
    assert apart.process is first
    apart.close()
    wait_until_gone(first.pid)


def test_ctrl_c_for_the_one_that_asks_leaves_the_process_without_a_word() -> None:
    asks = (
        "import os, signal\nfrom legation.surfaces.charts.rendering import Apart\n"
        "apart = Apart()\napart('vegalite_to_svg', {'mark': 'point'})\n"
        "try:\n    os.killpg(0, signal.SIGINT)\n    signal.pause()\nexcept KeyboardInterrupt:\n"
        "    apart('vegalite_to_svg', {'mark': 'point'})\n    apart.close()"
    )
    command = [sys.executable, "-c", asks]
    told = subprocess.run(command, check=True, capture_output=True, timeout=60, start_new_session=True)
    assert told.stderr == b""


def test_what_cannot_be_drawn_is_said_and_the_next_is_drawn(apart: Apart) -> None:
    with pytest.raises(ValueError, match="conversion failed"):
        apart("vegalite_to_svg", {"mark": 1})
    assert draw(apart).startswith(b"<svg")


def test_a_process_that_had_nothing_to_do_ends_and_is_started_again() -> None:
    renderer = Apart(idle_seconds=0.2)
    svg = draw(renderer)
    assert renderer.process is not None
    assert renderer.process.wait(WITHIN_SECONDS) == 0
    assert draw(renderer) == svg
    renderer.close()


def test_a_process_that_was_killed_is_started_again(apart: Apart) -> None:
    svg = draw(apart)
    assert apart.process is not None
    apart.process.kill()
    assert draw(apart) == svg


def test_a_process_that_cannot_start_is_an_error_in_words(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(LegationError, match="the process that draws charts ended"):
        draw(apart)


def test_a_drawing_that_takes_too_long_is_given_up() -> None:
    renderer = Apart(longest_seconds=0.0)
    with pytest.raises(LegationError, match="not drawn within"):
        draw(renderer)
    assert renderer.process is None


def test_the_process_ends_with_the_one_that_asked() -> None:
    asks = (
        "import os\nfrom legation.surfaces.charts.rendering import Apart\n"
        "apart = Apart(600)\napart('vegalite_to_svg', {'mark': 'point'})\n"
        "print(apart.process.pid, flush=True)\nos._exit(0)"
    )
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True, timeout=60)
    wait_until_gone(int(told.stdout))


def test_charts_are_drawn_by_the_renderer_of_the_block() -> None:
    import legation as lg

    chart, *_ = charts_of(lg.position("KOR", "quantum"))
    asked: list[str] = []

    def told(name: str, /, *args: Any, **options: Any) -> bytes:
        asked.append(name)
        return made(name, *args, **options)

    with drawing(told):
        inside = chart.svg()
    assert asked == ["vegalite_to_svg"]
    assert chart.svg() == inside
    assert asked == ["vegalite_to_svg"]
