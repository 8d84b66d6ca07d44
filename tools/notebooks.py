"""Run the notebooks of the documentation and keep what they print: `python tools/notebooks.py [NAME …]`.

Kept is what is the same on every run: no times, no metadata of this machine, no numbering of cells by chance.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
SECONDS = 300


def run(path: Path) -> NotebookNode:
    """A notebook, run from its first cell to its last. Raises: CellExecutionError where a cell fails."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else a debugger nobody asked for warns
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", record_timing=False).execute()
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    return notebook  # type: ignore[no-any-return]


def main() -> None:
    named = {f"{name.removesuffix('.ipynb')}.ipynb" for name in sys.argv[1:]}
    for path in sorted(FOLDER.glob("*.ipynb")):
        if not named or path.name in named:
            notebook = run(path)
            nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
            print(path.name)


if __name__ == "__main__":
    main()
